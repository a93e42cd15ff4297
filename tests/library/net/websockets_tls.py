# WSS: servers and clients with SSLContexts, whom they trust, names, large messages.
import asyncio
import os
import ssl
import tempfile

import websockets

FILES = {
    "ca.pem": """-----BEGIN CERTIFICATE-----
MIIByDCCAW+gAwIBAgIUPpiVHfdeTC9GBlHm8jDOY4wYdpQwCgYIKoZIzj0EAwIw
QDEXMBUGA1UECgwOdHJ1c3RtZSB2MS4yLjExJTAjBgNVBAsMHFRlc3RpbmcgQ0Eg
I1pNOWVXQ3p4TmowWmo5UjQwIBcNMDAwMTAxMDAwMDAwWhgPMzAwMDAxMDEwMDAw
MDBaMEAxFzAVBgNVBAoMDnRydXN0bWUgdjEuMi4xMSUwIwYDVQQLDBxUZXN0aW5n
IENBICNaTTllV0N6eE5qMFpqOVI0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
Oj33LjALqv97mliC5d4j8gqH51XgFedUQAPm3M3e8WBpYaWP774trJZ4OMRoc7gw
V0CGCBfzE/e8dD0ZxyVsOqNFMEMwHQYDVR0OBBYEFPZa51KaDlxIomo2ivd2COIR
hvWLMBIGA1UdEwEB/wQIMAYBAf8CAQkwDgYDVR0PAQH/BAQDAgGGMAoGCCqGSM49
BAMCA0cAMEQCIH/OSvlWMDN6zNi2dffu1B+M3N+1tlQMW/s+6ZXJ+4qXAiB8P2Yy
UHsOQX82rWxyOcQzvX5dN0K1JJX7FPl2XPqdpQ==
-----END CERTIFICATE-----
""",
    "other.pem": """-----BEGIN CERTIFICATE-----
MIIByDCCAW+gAwIBAgIUdoHfgL6bZikgVRb85X7pxHlbTrowCgYIKoZIzj0EAwIw
QDEXMBUGA1UECgwOdHJ1c3RtZSB2MS4yLjExJTAjBgNVBAsMHFRlc3RpbmcgQ0Eg
I1o3S0JYOHp4bTBJN3ZOaDcwIBcNMDAwMTAxMDAwMDAwWhgPMzAwMDAxMDEwMDAw
MDBaMEAxFzAVBgNVBAoMDnRydXN0bWUgdjEuMi4xMSUwIwYDVQQLDBxUZXN0aW5n
IENBICNaN0tCWDh6eG0wSTd2Tmg3MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
X9V6Gh5vNrEhY8mR4qwZR4qlQSTaNj6yLoopyCNUTfCCwG8bQQ1CJJZLCNxM+KQ2
icUESRBsHoZdsjq3bzaOpqNFMEMwHQYDVR0OBBYEFDfLtB2wuM6JgLh5Ea6pqx8T
azJbMBIGA1UdEwEB/wQIMAYBAf8CAQkwDgYDVR0PAQH/BAQDAgGGMAoGCCqGSM49
BAMCA0cAMEQCIFvwKCPuQcaO2As1Y9pfAW1GtKfo9gPhcF6ke3MwvedVAiANbPtP
StmZNyxkNmqan6rB4Dy3sYa+avZACvMdD6SneQ==
-----END CERTIFICATE-----
""",
    "server.pem": """-----BEGIN CERTIFICATE-----
MIICMzCCAdmgAwIBAgIUBs+YX8qqw1KZ0VYsUNEQmhVCVEUwCgYIKoZIzj0EAwIw
QDEXMBUGA1UECgwOdHJ1c3RtZSB2MS4yLjExJTAjBgNVBAsMHFRlc3RpbmcgQ0Eg
I1pNOWVXQ3p4TmowWmo5UjQwIBcNMDAwMTAxMDAwMDAwWhgPMzAwMDAxMDEwMDAw
MDBaMEIxFzAVBgNVBAoMDnRydXN0bWUgdjEuMi4xMScwJQYDVQQLDB5UZXN0aW5n
IGNlcnQgI1RCMHJfQnowbUpHeDVjenMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AARQegw3bBO82bCMuxFaqJ1jn4TTFMPLloOOS9T1V5n0obZtmS5axy32IgqBJMGG
sBTbJGV56akl9sRikP3hfZ0Ao4GsMIGpMB0GA1UdDgQWBBRCshYtNDq2AkIA6Hr2
cNn5bGSFNTAMBgNVHRMBAf8EAjAAMB8GA1UdIwQYMBaAFPZa51KaDlxIomo2ivd2
COIRhvWLMB0GA1UdEQEB/wQTMBGCCWxvY2FsaG9zdIcEfwAAATAOBgNVHQ8BAf8E
BAMCBaAwKgYDVR0lAQH/BCAwHgYIKwYBBQUHAwIGCCsGAQUFBwMBBggrBgEFBQcD
AzAKBggqhkjOPQQDAgNIADBFAiAQHTHG+Mi2XotMHVtIlaFlGFZ3+gjbzScGYb1z
kmcNSQIhAP1qhN1tYRJiD5w0oq1FSqbp1dKJF8KRjjkE3uOfHDbe
-----END CERTIFICATE-----
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIARC/X6g64MQ2izpR5BXHhLhA1vKvI6lmDrxt2Bl4+SGoAoGCCqGSM49
AwEHoUQDQgAEUHoMN2wTvNmwjLsRWqidY5+E0xTDy5aDjkvU9VeZ9KG2bZkuWsct
9iIKgSTBhrAU2yRleempJfbEYpD94X2dAA==
-----END EC PRIVATE KEY-----
""",
    "wrong.pem": """-----BEGIN CERTIFICATE-----
MIICNDCCAdugAwIBAgIUcN/aPk3f1cgKtZzGGJ0qysfvBG8wCgYIKoZIzj0EAwIw
QDEXMBUGA1UECgwOdHJ1c3RtZSB2MS4yLjExJTAjBgNVBAsMHFRlc3RpbmcgQ0Eg
I1pNOWVXQ3p4TmowWmo5UjQwIBcNMDAwMTAxMDAwMDAwWhgPMzAwMDAxMDEwMDAw
MDBaMEIxFzAVBgNVBAoMDnRydXN0bWUgdjEuMi4xMScwJQYDVQQLDB5UZXN0aW5n
IGNlcnQgI3pELUtMcllwME1ndWFtZ2IwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AARNsl+OOGiL4RI1YCmFsTCspM36AuEXkn4gnnB2Fi8hPNVHaLQZrQeUVAMtluwv
2anpFbd5nRJl+JnGtGBWU6GGo4GuMIGrMB0GA1UdDgQWBBRMUVzsTJiG6zkuuFJN
KEA7Ns5KMjAMBgNVHRMBAf8EAjAAMB8GA1UdIwQYMBaAFPZa51KaDlxIomo2ivd2
COIRhvWLMB8GA1UdEQEB/wQVMBOCEWVsc2V3aGVyZS5leGFtcGxlMA4GA1UdDwEB
/wQEAwIFoDAqBgNVHSUBAf8EIDAeBggrBgEFBQcDAgYIKwYBBQUHAwEGCCsGAQUF
BwMDMAoGCCqGSM49BAMCA0cAMEQCIBIE35eW644PGRHORBzydESY/T5oYNGMNNpB
hCXT3cGfAiBqLd4mAW/HADJTQ4lN1PYK8EiK6Cl0aEC7wnrNkKDAVQ==
-----END CERTIFICATE-----
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEII0D/0YL2ySnut9ck1+mAm1nW26aBX1dzp7wx5AJVpL2oAoGCCqGSM49
AwEHoUQDQgAETbJfjjhoi+ESNWAphbEwrKTN+gLhF5J+IJ5wdhYvITzVR2i0Ga0H
lFQDLZbsL9mp6RW3eZ0SZfiZxrRgVlOhhg==
-----END EC PRIVATE KEY-----
""",
    "old.pem": """-----BEGIN CERTIFICATE-----
MIICMTCCAdegAwIBAgIUGGdGO0gpCw/Di19G08Xc+weoJRswCgYIKoZIzj0EAwIw
QDEXMBUGA1UECgwOdHJ1c3RtZSB2MS4yLjExJTAjBgNVBAsMHFRlc3RpbmcgQ0Eg
I1pNOWVXQ3p4TmowWmo5UjQwHhcNMDAwMTAxMDAwMDAwWhcNMDEwMTAxMDAwMDAw
WjBCMRcwFQYDVQQKDA50cnVzdG1lIHYxLjIuMTEnMCUGA1UECwweVGVzdGluZyBj
ZXJ0ICN2dkR2YmZSclk5dUZwQzhsMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
wTYZkVsLqlB2vN5YezTvwjxvbNSEaF1hJ4ZLJmwg1vOC++Cu+XoK2a5wrbeceYOd
4w22BZ5TS4yCo4s/WyOviaOBrDCBqTAdBgNVHQ4EFgQUTzMUxRbKvOxSsJcdQNXd
RRsKIYIwDAYDVR0TAQH/BAIwADAfBgNVHSMEGDAWgBT2WudSmg5cSKJqNor3dgji
EYb1izAdBgNVHREBAf8EEzARgglsb2NhbGhvc3SHBH8AAAEwDgYDVR0PAQH/BAQD
AgWgMCoGA1UdJQEB/wQgMB4GCCsGAQUFBwMCBggrBgEFBQcDAQYIKwYBBQUHAwMw
CgYIKoZIzj0EAwIDSAAwRQIhALXo4rLL1fEWgDNF7o+2H3w1R/viqpzSQRNqml4e
8iLdAiBcLI8hWvhxjNhbMSbwmQ3snOqiAQQqglk3TUbI/qx6fw==
-----END CERTIFICATE-----
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEID0bAEEGCWk9lrqkLKyBEB6BW8ZVzOIcS1aUryuct/JOoAoGCCqGSM49
AwEHoUQDQgAEwTYZkVsLqlB2vN5YezTvwjxvbNSEaF1hJ4ZLJmwg1vOC++Cu+XoK
2a5wrbeceYOd4w22BZ5TS4yCo4s/WyOviQ==
-----END EC PRIVATE KEY-----
""",
    "client.pem": """-----BEGIN CERTIFICATE-----
MIICNjCCAdygAwIBAgIUb+pO/Stw7WTsiBvKpQ/Gs0Iap30wCgYIKoZIzj0EAwIw
QDEXMBUGA1UECgwOdHJ1c3RtZSB2MS4yLjExJTAjBgNVBAsMHFRlc3RpbmcgQ0Eg
I1pNOWVXQ3p4TmowWmo5UjQwIBcNMDAwMTAxMDAwMDAwWhgPMzAwMDAxMDEwMDAw
MDBaMEIxFzAVBgNVBAoMDnRydXN0bWUgdjEuMi4xMScwJQYDVQQLDB5UZXN0aW5n
IGNlcnQgIzBDZmgzRVV2ZzMtelFsbzkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AASh9KMxwcB0FNsHp2psTc6FIcxY949BgS+oNBHO7gCsT8eortdluefqtKco5Vaj
87O5N29vEXcBPFIEWRc6iJ/6o4GvMIGsMB0GA1UdDgQWBBSQE086K4wM2z8o+VbS
ecMA28wyUjAMBgNVHRMBAf8EAjAAMB8GA1UdIwQYMBaAFPZa51KaDlxIomo2ivd2
COIRhvWLMCAGA1UdEQEB/wQWMBSBEmNsaWVudEBleGFtcGxlLm9yZzAOBgNVHQ8B
Af8EBAMCBaAwKgYDVR0lAQH/BCAwHgYIKwYBBQUHAwIGCCsGAQUFBwMBBggrBgEF
BQcDAzAKBggqhkjOPQQDAgNIADBFAiEA2n/U7sgvKsyx1WlPvrHb4fTHWhBJccJm
Zw9+YCsILJ4CIAdGhvamXoxyYx0/bPQADlmIaT+Vx71D0I5HAFpX9Xaf
-----END CERTIFICATE-----
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEICdn5liUvcm/H+Fb6xbT7ijZGbumIfdTSDZP540GVocMoAoGCCqGSM49
AwEHoUQDQgAEofSjMcHAdBTbB6dqbE3OhSHMWPePQYEvqDQRzu4ArE/HqK7XZbnn
6rSnKOVWo/OzuTdvbxF3ATxSBFkXOoif+g==
-----END EC PRIVATE KEY-----
""",
    "unknown.pem": """-----BEGIN CERTIFICATE-----
MIICNDCCAdmgAwIBAgIUXnyTnlHEZukuOTsLOL9PdKhRQrAwCgYIKoZIzj0EAwIw
QDEXMBUGA1UECgwOdHJ1c3RtZSB2MS4yLjExJTAjBgNVBAsMHFRlc3RpbmcgQ0Eg
I1o3S0JYOHp4bTBJN3ZOaDcwIBcNMDAwMTAxMDAwMDAwWhgPMzAwMDAxMDEwMDAw
MDBaMEIxFzAVBgNVBAoMDnRydXN0bWUgdjEuMi4xMScwJQYDVQQLDB5UZXN0aW5n
IGNlcnQgI3gyMmFDWXRFaHhOcW11Y0QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AARUt9HQ+IgXdHuIU7WHMzzUip+IXxXDKvDs5YsR40UOUwBmI3xFQS3pGWsvh07J
dlRaIihBUYHGMeUNcjrFI7Vjo4GsMIGpMB0GA1UdDgQWBBSsfS9rAp+k0ZMNeuxT
njMlHuOlszAMBgNVHRMBAf8EAjAAMB8GA1UdIwQYMBaAFDfLtB2wuM6JgLh5Ea6p
qx8TazJbMB0GA1UdEQEB/wQTMBGCCWxvY2FsaG9zdIcEfwAAATAOBgNVHQ8BAf8E
BAMCBaAwKgYDVR0lAQH/BCAwHgYIKwYBBQUHAwIGCCsGAQUFBwMBBggrBgEFBQcD
AzAKBggqhkjOPQQDAgNJADBGAiEA3UNZQfecfFeVHgS90/hKvqrBSvSoTFsqSWqy
SzwOC6kCIQC+71iR4V2cC0bZypRv2fBCmr6It6yzzkWsVDHsOpV6uA==
-----END CERTIFICATE-----
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIAp6FScoWzAfecyt5XmiQl8nxP66iuo1mbE2Uf+uX5MyoAoGCCqGSM49
AwEHoUQDQgAEVLfR0PiIF3R7iFO1hzM81IqfiF8Vwyrw7OWLEeNFDlMAZiN8RUEt
6RlrL4dOyXZUWiIoQVGBxjHlDXI6xSO1Yw==
-----END EC PRIVATE KEY-----
""",
}
folder = tempfile.TemporaryDirectory()
for name, text in FILES.items():
    with open(os.path.join(folder.name, name), "w") as file:
        file.write(text)
os.chdir(folder.name)


def serving(certificate, asks=False):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    if asks:
        made.load_verify_locations("ca.pem")
        made.verify_mode = ssl.CERT_REQUIRED
    return made


async def handler(connection):
    async for message in connection:
        await connection.send(message[::-1])


async def attempt(label, uri, **options):
    try:
        async with websockets.connect(uri, **options) as connection:
            await connection.send(label)
            print(label, "->", await connection.recv())
    except (OSError, ValueError, TypeError) as e:
        print(label, "->", type(e).__name__, e)


async def main():
    known = ssl.create_default_context(cafile="ca.pem")
    async with websockets.serve(handler, "127.0.0.1", 0, ssl=serving("server.pem")) as server:
        port = server.sockets[0].getsockname()[1]
        uri = f"wss://localhost:{port}/"
        await attempt("known", uri, ssl=known)
        await attempt("unknown", uri)
        await attempt("default", uri, ssl=True)
        await attempt("another", uri, ssl=ssl.create_default_context(cafile="other.pem"))
        await attempt("None", uri, ssl=None)
        await attempt("False", uri, ssl=False)
        await attempt("plain", f"ws://localhost:{port}/", ssl=known)
        os.environ["SSL_CERT_FILE"] = os.path.abspath("ca.pem")
        await attempt("environment", uri)
        del os.environ["SSL_CERT_FILE"]
        await attempt("compression off", uri, ssl=known, compression=None)

        # Many at once, and messages larger than a record of TLS.
        async def big(n):
            async with websockets.connect(uri, ssl=known, max_size=None) as connection:
                data = bytes(range(256)) * 400
                await connection.send(data[n:])
                return await connection.recv() == data[n:][::-1]

        print(await asyncio.gather(*(big(n) for n in range(8))))

        connection = await websockets.connect(uri, ssl=known)
        await connection.close(4001, "done")
        print(connection.close_code, connection.close_reason)

        # Someone who does not speak TLS is dropped, and the server goes on.
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        answer = await reader.read()
        print("not TLS:", b"HTTP" in answer)
        writer.close()
        await attempt("still there", uri, ssl=known)

    async with websockets.serve(handler, "127.0.0.1", 0, ssl=serving("wrong.pem")) as server:
        port = server.sockets[0].getsockname()[1]
        uri = f"wss://localhost:{port}/"
        await attempt("other name", uri, ssl=known)
        await attempt("its name", uri, ssl=known, server_hostname="elsewhere.example")

    async with websockets.serve(handler, "127.0.0.1", 0, ssl=serving("server.pem", asks=True)) as server:
        uri = f"wss://localhost:{server.sockets[0].getsockname()[1]}/"
        own = ssl.create_default_context(cafile="ca.pem")
        own.load_cert_chain("client.pem")
        await attempt("with a certificate", uri, ssl=own)

    try:
        await websockets.serve(handler, "127.0.0.1", 0, ssl=True)
    except TypeError as e:
        print(type(e).__name__, e)


asyncio.run(main())
