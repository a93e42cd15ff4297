# What httpbin shows: redirects, cookies, authentication, encodings, hooks, and what goes to another host.
import asyncio
import json
import zlib

import httpx

PORTS = []


def zipped(data):
    c = zlib.compressobj(wbits=31)
    return c.compress(data) + c.flush()


async def serve(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            lines = head.decode().split("\r\n")
            method, target, _ = lines[0].split(" ")
            headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines[1:] if line)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            path, _, query = target.partition("?")
            status, extra, out = "200 OK", [], b""
            if path == "/show":
                shown = {k: v for k, v in headers.items() if k not in ("host", "user-agent", "accept-encoding", "connection", "accept")}
                out = json.dumps([method, target, shown, body.decode()]).encode()
            elif path.startswith("/to/"):
                code = path.split("/")[2]
                status, extra = f"{code} Moved", [("Location", query)]
            elif path == "/loop":
                n = int(query or 0)
                status, extra = "302 Found", [("Location", f"/loop?{n + 1}"), ("Set-Cookie", f"n={n}")]
            elif path == "/cookies":
                extra = [("Set-Cookie", c) for c in [
                    "plain=1", "path=2; Path=/deep", "old=3; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "age=4; Max-Age=100", "gone=5; Max-Age=0",
                    "dom=6; Domain=127.0.0.1", "other=7; Domain=example.org", "sec=8; Secure", "quoted=\"9 9\"; HttpOnly; SameSite=Lax", "=bad", "empty="]]
            elif path == "/basic":
                status = "200 OK" if headers.get("authorization") == "Basic dXM6cHc=" else "401 No"
                extra = [("WWW-Authenticate", "Basic realm=x")]
            elif path == "/digest":
                if "authorization" not in headers:
                    status = "401 No"
                    extra = [("WWW-Authenticate", f'Digest realm="r", nonce="abc", opaque="op", algorithm={query or "MD5"}, qop="auth"')]
                else:
                    parts = dict(p.strip().split("=", 1) for p in headers["authorization"][7:].split(","))
                    out = " ".join(sorted(k for k in parts)).encode() + b" " + parts["nc"].encode() + parts["algorithm"].encode() + parts["username"].encode()
            elif path == "/gzip":
                out, extra = zipped(b"zipped " * 50), [("Content-Encoding", "gzip")]
            elif path == "/deflate":
                out, extra = zlib.compress(b"deflated " * 50), [("Content-Encoding", "deflate")]
            elif path == "/twice":
                out, extra = zipped(zlib.compress(b"both")), [("Content-Encoding", "deflate, gzip")]
            elif path == "/unknown":
                out, extra = b"as it is", [("Content-Encoding", "snappy")]
            elif path == "/badgzip":
                out, extra = b"not zipped", [("Content-Encoding", "gzip")]
            elif path == "/cutgzip":
                out, extra = zipped(b"zipped " * 50)[:20], [("Content-Encoding", "gzip")]
            elif path == "/charset":
                out, extra = "ñandú".encode("latin-1"), [("Content-Type", "text/plain; charset=iso-8859-1")]
            elif path == "/nocharset":
                out, extra = "ñandú\xff".encode("latin-1"), [("Content-Type", "text/plain")]
            else:
                status, out = "404 Not Found", b"none"
            text = f"HTTP/1.1 {status}\r\nContent-Length: {len(out)}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in extra)
            writer.write(text.encode() + b"\r\n" + (b"" if method == "HEAD" else out))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()


def hide(value):
    text = str(value)
    for name, port in zip("AB", PORTS):
        text = text.replace(str(port), name)
    return text


async def attempt(label, waiting):
    try:
        r = await waiting
        print(label, r.status_code, hide(r.url), [h.status_code for h in r.history], hide(r.text)[:200])
        return r
    except httpx.HTTPError as e:
        print(label, type(e).__name__, hide(e), hide(e.request.url))
    except Exception as e:
        print(label, type(e).__name__, hide(e))


async def main():
    servers = [await asyncio.start_server(serve, "127.0.0.1", 0) for _ in range(2)]
    PORTS.extend(s.sockets[0].getsockname()[1] for s in servers)
    a, b = (f"http://127.0.0.1:{port}" for port in PORTS)
    async with httpx.AsyncClient(follow_redirects=True, headers={"Authorization": "token", "X-Own": "1"}, cookies={"own": "c"}) as c:
        for code in [301, 302, 303, 307, 308]:
            for method in ["GET", "POST", "PUT", "HEAD"]:
                await attempt(f"{code} {method}", c.request(method, f"{a}/to/{code}?/show", content=b"body" if method in ("POST", "PUT") else None))
        await attempt("cross", c.get(f"{a}/to/302?{b}/show"))
        await attempt("cross post", c.post(f"{a}/to/307?{b}/show", content=b"x"))
        await attempt("relative", c.get(f"{a}/to/302?show"))
        await attempt("scheme", c.get(f"{a}/to/302?//127.0.0.1:{PORTS[1]}/show"))
        await attempt("query", c.get(f"{a}/to/302??only"))
        await attempt("nothost", c.get(f"{a}/to/302?http:///show"))
        await attempt("badport", c.get(f"{a}/to/302?http://h:bad/"))
        await attempt("ftp", c.get(f"{a}/to/302?ftp://h/"))
        await attempt("fragment", c.get(f"{a}/to/302?/show#there"))
        await attempt("keepfragment", c.get(f"{a}/to/302?/show#here"))
        await attempt("loop", c.get(f"{a}/loop"))
        print(len(c.cookies), dict(c.cookies))
    async with httpx.AsyncClient(max_redirects=2) as c:
        r = await attempt("one", c.get(f"{a}/to/302?/show"))
        print(r.is_redirect, hide(r.next_request.url), r.next_request.method)
        r = await c.send(r.next_request)
        print(r.status_code)
        await attempt("max", c.get(f"{a}/loop", follow_redirects=True))
    async with httpx.AsyncClient(base_url=a) as c:
        r = await c.get("/cookies")
        print(sorted(dict(r.cookies).items()))
        print(sorted((k.name, k.value, k.path, k.secure) for k in c.cookies.jar))
        await attempt("sent", c.get("/show"))
        await attempt("deep", c.get("/deep/show"))
        await attempt("per request", c.get("/show", cookies={"extra": "e"}))
    async with httpx.AsyncClient(base_url=a, auth=("us", "pw")) as c:
        await attempt("basic", c.get("/basic"))
        await attempt("no auth", c.get("/basic", auth=None))
        await attempt("wrong", c.get("/basic", auth=("us", "no")))
        for algorithm in ["MD5", "MD5-SESS", "SHA", "SHA-256", "SHA-512"]:
            await attempt(algorithm, c.get(f"/digest?{algorithm}", auth=httpx.DigestAuth("us", "pw")))
        auth = httpx.DigestAuth("us", "pw")
        await attempt("digest 1", c.get("/digest", auth=auth))
        await attempt("digest 2", c.get("/digest", auth=auth))

        class Own(httpx.Auth):
            requires_response_body = True

            def auth_flow(self, request):
                request.headers["X-Try"] = "1"
                response = yield request
                request.headers["X-Try"] = f"2 after {response.status_code} {len(response.content)}"
                yield request

        await attempt("own flow", c.get("/show", auth=Own()))
        await attempt("function", c.get("/show", auth=lambda request: (request.headers.__setitem__("X-F", "f"), request)[1]))
    async with httpx.AsyncClient(base_url=a) as c:
        for path in ["/gzip", "/deflate", "/twice", "/unknown", "/badgzip", "/cutgzip", "/charset", "/nocharset"]:
            await attempt(path, c.get(path))
        async with c.stream("GET", "/gzip") as r:
            print(len(b"".join([x async for x in r.aiter_raw()])) == int(r.headers["content-length"]))
    log = []

    async def on_request(request):
        log.append((request.method, hide(request.url)))
        request.headers["X-Hook"] = "h"

    async def on_response(response):
        log.append((response.status_code, response.is_closed))
        await response.aread()
        response.raise_for_status()

    async with httpx.AsyncClient(base_url=a, event_hooks={"request": [on_request], "response": [on_response]}, params={"base": "1"}) as c:
        await attempt("hook", c.get("/show", params={"own": "2"}))
        await attempt("hook error", c.get("/nope"))
        print(log, {k: len(v) for k, v in c.event_hooks.items()})
        c.event_hooks["response"] = []
        await attempt("no hook", c.get("/show?in=url"))
    for s in servers:
        s.close()


asyncio.run(main())
