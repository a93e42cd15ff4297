# TLS over memory: handshakes, data, shutdown, and every way they fail. The certificates were made for this file.
import os
import re
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
def pair(sctx, cctx, name="localhost"):
    a, b = ssl.MemoryBIO(), ssl.MemoryBIO()
    c = cctx.wrap_bio(a, b, server_hostname=name)
    s = sctx.wrap_bio(b, a, server_side=True)
    return c, s, a, b
def show(f, *args):
    try:
        r = f(*args)
        print("->", r)
        return r
    except Exception as e:
        print(type(e).__mro__[:3], e.args, str(e), {k: getattr(e, k, None) for k in ("errno", "strerror", "library", "reason", "verify_code", "verify_message")})
sctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); sctx.load_cert_chain("srv.pem", "srv.key")
cctx = ssl.create_default_context(cafile="ca.pem")
c, s, a, b = pair(sctx, cctx)
show(c.read, 10)
show(c.do_handshake); show(s.do_handshake); show(c.do_handshake); show(s.do_handshake)
print(c.version(), c.cipher(), s.cipher(), c.selected_alpn_protocol(), c.server_hostname, c.session_reused, c.compression(), s.shared_ciphers() is None)
print(c.getpeercert()); print(len(c.getpeercert(True)) > 100, s.getpeercert())
show(c.write, b"hello"); show(s.read, 100); show(s.read, 5); show(s.pending)
buf = bytearray(3); show(c.write, b"world"); show(s.read, 3, buf); print(buf, s.pending())
show(c.unwrap); show(s.read, 10); show(s.read, 10); show(s.unwrap); show(c.unwrap); show(s.write, b"x"); show(c.write, b"x")
print("--unknown ca")
c, s, a, b = pair(sctx, ssl.create_default_context())
show(c.do_handshake); show(s.do_handshake); show(c.do_handshake); show(s.do_handshake); show(s.read, 1)
print("--wrong name")
c, s, a, b = pair(sctx, cctx, "example.org")
show(c.do_handshake); show(s.do_handshake); show(c.do_handshake); show(s.do_handshake)
print("--ip")
c, s, a, b = pair(sctx, cctx, "127.0.0.1")
show(c.do_handshake); show(s.do_handshake); show(c.do_handshake); show(s.do_handshake)
print("--no verify")
n = ssl.create_default_context(); n.check_hostname = False; n.verify_mode = ssl.CERT_NONE
c, s, a, b = pair(sctx, n, None)
show(c.do_handshake); show(s.do_handshake); show(c.do_handshake); show(s.do_handshake)
print(c.getpeercert(), c.server_hostname)
print("--eof")
a.write_eof()
show(c.read, 5); show(a.write, b"x"); print(a.eof, a.pending)
print("--garbage")
c, s, a, b = pair(sctx, cctx)
b.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"); show(s.do_handshake)
c, s, a, b = pair(sctx, cctx)
show(c.do_handshake); a.write(b"HTTP/1.1 400 Bad\r\n\r\n"); show(c.do_handshake)
print("--eof in handshake")
c, s, a, b = pair(sctx, cctx)
show(c.do_handshake); a.write_eof(); show(c.do_handshake)
print("--client cert")
m = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); m.load_cert_chain("srv.pem", "srv.key"); m.verify_mode = ssl.CERT_REQUIRED; m.load_verify_locations("ca.pem")
c, s, a, b = pair(m, cctx)
show(c.do_handshake); show(s.do_handshake); show(c.do_handshake); show(s.do_handshake); show(c.read, 1)
k = ssl.create_default_context(cafile="ca.pem"); k.load_cert_chain("srv.pem", "srv.key")
c, s, a, b = pair(m, k)
show(c.do_handshake); show(s.do_handshake); show(c.do_handshake); show(s.do_handshake); print(s.getpeercert()["subject"])
print("--alpn")
sctx.set_alpn_protocols(["h2", "http/1.1"]); cctx.set_alpn_protocols(["http/1.1"])
c, s, a, b = pair(sctx, cctx)
show(c.do_handshake); show(s.do_handshake); show(c.do_handshake); show(s.do_handshake); print(c.selected_alpn_protocol(), s.selected_alpn_protocol())
cctx.set_alpn_protocols(["x"])
c, s, a, b = pair(sctx, cctx)
show(c.do_handshake); show(s.do_handshake); show(c.do_handshake); show(s.do_handshake); print(c.selected_alpn_protocol(), s.selected_alpn_protocol())
print("--versions")
cctx.maximum_version = ssl.TLSVersion.TLSv1_2
c, s, a, b = pair(sctx, cctx)
for _ in range(3): show(c.do_handshake); show(s.do_handshake)
print(c.version(), c.cipher(), cctx.maximum_version, cctx.minimum_version)
sctx.minimum_version = ssl.TLSVersion.TLSv1_3
c, s, a, b = pair(sctx, cctx)
show(c.do_handshake); show(s.do_handshake); show(c.do_handshake)
print("--context")
x = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
print(x.verify_mode, x.check_hostname, x.options, x.verify_flags, x.protocol, x.minimum_version, x.maximum_version, x.security_level, x.sni_callback, x.post_handshake_auth, x.hostname_checks_common_name, x.keylog_filename, x.num_tickets)
show(x.__class__.load_cert_chain, x, "nope.pem"); show(x.load_cert_chain, "ca.pem"); show(x.load_verify_locations, "nope.pem"); show(x.load_verify_locations); show(x.load_cert_chain, "srv.pem", "ca.key"); show(x.load_verify_locations, "srv.key")
def f(): x.verify_mode = ssl.CERT_NONE
show(f)
def f(): x.check_hostname = False; x.verify_mode = ssl.CERT_NONE; x.check_hostname = True
show(f); print(x.verify_mode, x.check_hostname)
x.load_verify_locations("ca.pem"); print(x.cert_store_stats(), x.get_ca_certs()); print(x.session_stats())
show(lambda: type(x.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO())).__name__)
show(lambda: x.set_ciphers("NOPE")); show(lambda: x.set_ciphers("ECDHE+AESGCM")); print(len(x.get_ciphers()) > 3)
print(ssl.OPENSSL_VERSION.split()[0], ssl.HAS_SNI, ssl.HAS_ALPN, ssl.HAS_TLSv1_3, ssl.Purpose.SERVER_AUTH, ssl.cert_time_to_seconds("Jan  5 09:34:43 2018 GMT"))
print(len(ssl.RAND_bytes(8)), ssl.RAND_status(), ssl.get_default_verify_paths()._fields)
print(ssl.DER_cert_to_PEM_cert(ssl.PEM_cert_to_DER_cert(open("ca.pem").read())) == open("ca.pem").read())
seen = []
sv = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); sv.load_cert_chain("srv.pem", "srv.key")
def cb(obj, name, ctx): seen.append((type(obj).__name__, name, ctx is sv))
sv.sni_callback = cb
c, s, a, b = pair(sv, ssl.create_default_context(cafile="ca.pem"))
for _ in range(2): show(c.do_handshake); show(s.do_handshake)
print(seen)
os.chdir("/")
folder.cleanup()
