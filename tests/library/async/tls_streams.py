# TLS through asyncio: a server and clients, a certificate nobody trusts, twenty at once, and STARTTLS.
import asyncio
import os
import ssl
import tempfile

FILES = {
    "ca.pem": """-----BEGIN CERTIFICATE-----
MIIBwDCCAWegAwIBAgIUSWES0Wa9aJFeo3oQa78mcpzW6T0wCgYIKoZIzj0EAwIw
LjELMAkGA1UEBhMCWFkxDTALBgNVBAoMBFRlc3QxEDAOBgNVBAMMB1Rlc3QgQ0Ew
HhcNMjYxMTI5MTkwNzQ4WhcNMzYxMTI2MTkwNzQ4WjAuMQswCQYDVQQGEwJYWTEN
MAsGA1UECgwEVGVzdDEQMA4GA1UEAwwHVGVzdCBDQTBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABBQpYEWaw0djDPK5VFPvFiF9Lnq9OgPctz3lZ3ZTGD0Pd6F/SVqY
y/PtGPcDgibp6CKUBQKgjF5RTJwW+njez06jYzBhMB0GA1UdDgQWBBT2x8qRVpoP
EUK//XOe/9pwOy7nyjAfBgNVHSMEGDAWgBT2x8qRVpoPEUK//XOe/9pwOy7nyjAP
BgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAKBggqhkjOPQQDAgNHADBE
AiAjP1eSlEez7HUG4FcgxHnow06CQbPhyL2YJ9X4ERIZtwIgeKqO7w0J0Idm21JX
NVsgw3niT6iovRo2Pap2uYyzWpM=
-----END CERTIFICATE-----
""",
    "ca.key": """-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgH094o61HZ5B+6DAF
IlDhyqFjdKlRO1SQsrEUhDAY49OhRANCAAQUKWBFmsNHYwzyuVRT7xYhfS56vToD
3Lc95Wd2Uxg9D3ehf0lamMvz7Rj3A4Im6egilAUCoIxeUUycFvp43s9O
-----END PRIVATE KEY-----
""",
    "srv.pem": """-----BEGIN CERTIFICATE-----
MIIB/DCCAaOgAwIBAgIURkb+gc8B5cGA+lzdTkhd0wFCzI4wCgYIKoZIzj0EAwIw
LjELMAkGA1UEBhMCWFkxDTALBgNVBAoMBFRlc3QxEDAOBgNVBAMMB1Rlc3QgQ0Ew
HhcNMjYxMTI5MTkwNzQ4WhcNMzYxMTI2MTkwNzQ4WjAwMQswCQYDVQQGEwJYWTEN
MAsGA1UECgwEVGVzdDESMBAGA1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAEZKJHQE/AGHZ2d5xixTKPAF7duJpcuJbRR8o4FkMYW9h/ZrIe
09QBlhtf5nuFLbTsiSzo6Gt47Z63bR9zPJnco6OBnDCBmTAaBgNVHREEEzARggls
b2NhbGhvc3SHBH8AAAEwDAYDVR0TAQH/BAIwADAOBgNVHQ8BAf8EBAMCB4AwHQYD
VR0lBBYwFAYIKwYBBQUHAwEGCCsGAQUFBwMCMB0GA1UdDgQWBBTLhW8W32BO6/Io
7cJbuqQ03mQoZTAfBgNVHSMEGDAWgBT2x8qRVpoPEUK//XOe/9pwOy7nyjAKBggq
hkjOPQQDAgNHADBEAiALQhuffkMhFVV/wepopSSP91zmo6fq302ZuR82eFqqzgIg
Qicwkl6vGWxTdnYMS49gWp26EIi+tiKXBbRXar/BUio=
-----END CERTIFICATE-----
""",
    "srv.key": """-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgIzH68QlOTJX9+aVZ
SR+LQRrrnQgg2xfgN3rFwUTKN8ehRANCAARkokdAT8AYdnZ3nGLFMo8AXt24mly4
ltFHyjgWQxhb2H9msh7T1AGWG1/me4UttOyJLOjoa3jtnrdtH3M8mdyj
-----END PRIVATE KEY-----
""",
}
folder = tempfile.TemporaryDirectory()
for name, text in FILES.items():
    with open(os.path.join(folder.name, name), "w") as file:
        file.write(text)
os.chdir(folder.name)

async def handle(reader, writer):
    data = await reader.readline()
    print("server got", len(data), writer.get_extra_info("ssl_object") is not None, writer.get_extra_info("cipher") is not None)
    writer.write(b"echo " + data)
    await writer.drain()
    writer.close()
    try:
        await writer.wait_closed()
    except Exception as e:
        print("server", type(e).__name__)

async def main():
    sctx = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    sctx.load_cert_chain("srv.pem", "srv.key")
    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=sctx)
    port = server.sockets[0].getsockname()[1]
    cctx = ssl.create_default_context(cafile="ca.pem")
    r, w = await asyncio.open_connection("127.0.0.1", port, ssl=cctx, server_hostname="localhost")
    print(w.get_extra_info("ssl_object").version(), w.get_extra_info("peercert")["subject"])
    w.write(b"hello\n")
    print(await r.read())
    w.close()
    await w.wait_closed()
    try:
        await asyncio.open_connection("127.0.0.1", port, ssl=ssl.create_default_context(), server_hostname="localhost")
    except ssl.SSLCertVerificationError as e:
        print(type(e).__name__, e.verify_message)
    try:
        await asyncio.open_connection("127.0.0.1", port, server_hostname="x")
    except ValueError as e:
        print(e)
    results = await asyncio.gather(*(one(port, cctx, n) for n in range(20)))
    print(sum(len(x) for x in results))
    server.close()
    await server.wait_closed()
    # start_tls
    async def plain(reader, writer):
        print(await reader.readline())
        writer.write(b"go\n")
        await writer.start_tls(sctx)
        print("server tls", await reader.readline())
        writer.write(b"secret\n")
        await writer.drain()
        writer.close()
    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    r, w = await asyncio.open_connection("127.0.0.1", port)
    w.write(b"STARTTLS\n")
    print(await r.readline())
    await w.start_tls(cctx, server_hostname="localhost")
    w.write(b"inside\n")
    print(await r.readline(), w.get_extra_info("ssl_object").version())
    w.close()
    server.close()

async def one(port, ctx, n):
    r, w = await asyncio.open_connection("127.0.0.1", port, ssl=ctx, server_hostname="localhost")
    w.write(b"x" * (n * 1000) + b"\n")
    data = await r.read()
    w.close()
    return data
asyncio.run(main())
os.chdir("/")
folder.cleanup()
