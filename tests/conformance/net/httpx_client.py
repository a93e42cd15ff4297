# A little HTTP server and what a client makes of its answers.
import asyncio
import json

import httpx

GZ = bytes.fromhex("1f8b0800000000000203cb48cdc9c95748afca2c50c8186e4c00d994fbacdc000000")


async def read_request(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ")
    headers = [tuple(line.split(": ", 1)) for line in lines[1:] if line]
    low = {k.lower(): v for k, v in headers}
    body = b""
    if "content-length" in low:
        body = await reader.readexactly(int(low["content-length"]))
    elif low.get("transfer-encoding") == "chunked":
        while True:
            size = int((await reader.readline()).strip(), 16)
            chunk = await reader.readexactly(size)
            await reader.readexactly(2)
            if size == 0:
                break
            body += chunk
    return method, target, headers, low, body


def answer(status, body=b"", extra=()):
    reason = {200: "OK", 201: "Created", 204: "No Content", 301: "Moved Permanently", 302: "Found", 303: "See Other", 307: "Temporary Redirect", 401: "Unauthorized", 404: "Not Found", 418: "I'm a teapot", 500: "Internal Server Error"}[status]
    head = [f"HTTP/1.1 {status} {reason}"]
    names = [k.lower() for k, _ in extra]
    if "content-length" not in names and "transfer-encoding" not in names:
        head.append(f"Content-Length: {len(body)}")
    head += [f"{k}: {v}" for k, v in extra]
    return ("\r\n".join(head) + "\r\n\r\n").encode("latin-1") + body


async def serve(reader, writer):
    try:
        while True:
            try:
                method, target, headers, low, body = await read_request(reader)
            except asyncio.IncompleteReadError:
                break
            path = target.partition("?")[0]
            if path == "/echo":
                shown = {"method": method, "target": target, "body": body.decode("latin-1"), "headers": [[k, v] for k, v in headers if k.lower() not in ("host", "user-agent", "accept-encoding")]}
                out = answer(200, json.dumps(shown).encode(), [("Content-Type", "application/json")])
            elif path == "/gzip":
                out = answer(200, GZ, [("Content-Encoding", "gzip"), ("Content-Type", "text/plain; charset=utf-8")])
            elif path == "/deflate":
                out = answer(200, bytes.fromhex("789c4b494dcb492c494d5148a1360300fe56217b"), [("Content-Encoding", "deflate")])
            elif path == "/rawdeflate":
                out = answer(200, bytes.fromhex("2b4a2c572822020300"), [("Content-Encoding", "deflate")])
            elif path == "/chunked":
                out = answer(200, b"5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n", [("Transfer-Encoding", "chunked"), ("Content-Type", "text/plain")])
            elif path == "/latin":
                out = answer(200, "café".encode("latin-1"), [("Content-Type", "text/html; charset=ISO-8859-1")])
            elif path == "/lines":
                out = answer(200, "one\ntwo\r\nthree\rfour\n\nsix".encode(), [("Content-Type", "text/plain")])
            elif path == "/status":
                code = int(target.partition("?")[2])
                out = answer(code, b"" if code == 204 else b"body")
            elif path.startswith("/redirect/"):
                n = int(path.rsplit("/", 1)[1])
                out = answer(302, b"", [("Location", f"/redirect/{n - 1}" if n > 1 else "/echo?end=1")])
            elif path == "/see-other":
                out = answer(303, b"", [("Location", "/echo")])
            elif path == "/temporary":
                out = answer(307, b"", [("Location", "echo?kept")])
            elif path == "/loop":
                out = answer(301, b"", [("Location", "/loop")])
            elif path == "/set":
                out = answer(200, b"set", [("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2; Path=/echo; HttpOnly"), ("Set-Cookie", "gone=x; Max-Age=0")])
            elif path == "/auth":
                ok = low.get("authorization") == "Basic dXNlcjpwYXNz"
                out = answer(200 if ok else 401, b"in" if ok else b"out", [] if ok else [("WWW-Authenticate", 'Basic realm="x"')])
            elif path == "/close":
                writer.write(answer(200, b"last", [("Connection", "close")]))
                break
            elif path == "/empty":
                break
            elif path == "/short":
                writer.write(answer(200, b"abc", [("Content-Length", "10")]))
                break
            elif path == "/cut":
                writer.write(answer(200, b"5\r\nab", [("Transfer-Encoding", "chunked")]))
                break
            elif path == "/garbage":
                writer.write(b"what is this\r\n\r\n")
                break
            elif path == "/badgzip":
                out = answer(200, b"not gzip", [("Content-Encoding", "gzip")])
            elif path == "/slow":
                await asyncio.sleep(0.5)
                out = answer(200, b"slow")
            elif path == "/drip":
                for byte in answer(200, b"drip"):
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(0.004)
                continue
            elif path == "/big":
                writer.write(answer(200, b"", [("Content-Length", str(1 << 22))]))
                for _ in range(64):
                    writer.write(b"x" * (1 << 16))
                    await writer.drain()
                continue
            else:
                out = answer(404, b"no such page", [("Content-Type", "text/plain")])
            writer.write(out.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if method == "HEAD" else out)
            await writer.drain()
    except (ConnectionResetError, BrokenPipeError):
        pass
    writer.close()


def hide(text, port):
    return str(text).replace(str(port), "PORT")


async def show(label, waiting, port):
    try:
        r = await waiting
        print(label, r.status_code, r.reason_phrase, hide(repr(r.text), port))
        return r
    except Exception as e:
        print(label, type(e).__name__, hide(repr(str(e)), port))


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=base, timeout=2) as c:
        for path in ["/gzip", "/deflate", "/rawdeflate", "/chunked", "/latin", "/nope", "/status?204", "/status?418", "/drip", "/close"]:
            await show(path, c.get(path), port)
        r = await c.get("/latin")
        print(r.encoding, r.charset_encoding, r.headers["content-type"], r.is_success, r.is_error, r.http_version)
        print(r.headers.get("nope"), r.headers.get("Content-Type"), sorted(r.headers))
        r = await c.post("/echo", json={"a": [1, None, "é"]}, params={"q": "a b", "l": [1, 2]}, headers={"X-One": "1"})
        print(hide(r.json(), port))
        r = await c.post("/echo", data={"k": "v w", "m": ["1", "2"]})
        print(hide(r.json(), port))
        r = await c.put("/echo", content=b"raw bytes")
        print(hide(r.json(), port))
        r = await c.patch("/echo", content="text é")
        print(hide(r.json(), port))
        r = await c.delete("/echo")
        print(hide(r.json(), port))
        r = await c.options("/echo")
        print(hide(r.json(), port))
        r = await c.head("/status?200")
        print(r, r.content, r.headers["content-length"])
        r = await c.request("post", "/echo", files={"f": ("a.txt", b"file body", "text/plain")}, data={"x": "1"}, headers={"Content-Type": "multipart/form-data; boundary=BOUND"})
        print(hide(r.json()["body"], port).replace("\r\n", "|"))

        async def chunks():
            yield b"one "
            yield b"two"

        r = await c.post("/echo", content=chunks())
        print(hide(r.json(), port))
        # redirects
        r = await c.get("/redirect/3")
        print(r, r.is_redirect, r.has_redirect_location, hide(r.next_request, port))
        r = await c.get("/redirect/3", follow_redirects=True)
        print(r, hide(r.url, port), [hide(h.url.path, port) for h in r.history], [h.status_code for h in r.history])
        r = await c.post("/see-other", content=b"x", follow_redirects=True)
        print(r.json()["method"], r.json()["body"])
        r = await c.post("/temporary", content=b"kept", follow_redirects=True)
        print(r.json()["method"], r.json()["body"], r.json()["target"])
        await show("/loop", c.get("/loop", follow_redirects=True), port)
        # status errors
        for code in [200, 302, 404, 500]:
            try:
                r = await c.get(f"/status?{code}")
                print(r.raise_for_status() is r)
            except httpx.HTTPStatusError as e:
                print(type(e).__name__, hide(e, port), e.response.status_code, e.request.method)
        # cookies
        r = await c.get("/set")
        print(dict(r.cookies), dict(c.cookies), len(c.cookies))
        r = await c.get("/echo")
        print([v for k, v in r.json()["headers"] if k == "Cookie"])
        r = await c.get("/status?200", cookies={"own": "3"})
        print(r.request.headers.get("cookie"))
        c.cookies.clear()
        # auth
        await show("auth no", c.get("/auth"), port)
        await show("auth yes", c.get("/auth", auth=("user", "pass")), port)
        await show("auth url", c.get(f"http://user:pass@127.0.0.1:{port}/auth"), port)
        # failures
        for path in ["/empty", "/short", "/cut", "/garbage", "/badgzip"]:
            await show(path, c.get(path), port)
        await show("timeout", c.get("/slow", timeout=0.1), port)
        try:
            await c.get("/slow", timeout=0.1)
        except httpx.TimeoutException as e:
            print(isinstance(e, httpx.TransportError), hide(e.request.url, port))
        try:
            async with asyncio.timeout(0.1):
                await c.get("/slow")
        except TimeoutError:
            print("cancelled")
        # streaming
        async with c.stream("GET", "/big") as r:
            print(r.status_code, r.is_closed, r.is_stream_consumed)
            n = 0
            async for chunk in r.aiter_bytes():
                n += len(chunk)
            print(n, r.is_closed, r.num_bytes_downloaded)
        async with c.stream("GET", "/lines") as r:
            print([line async for line in r.aiter_lines()])
        async with c.stream("GET", "/gzip") as r:
            print([len(t) async for t in r.aiter_bytes(chunk_size=50)])
        async with c.stream("GET", "/gzip") as r:
            print(len(b"".join([t async for t in r.aiter_raw()])) == len(GZ))
        async with c.stream("GET", "/latin") as r:
            try:
                r.text
            except httpx.ResponseNotRead as e:
                print(type(e).__name__, e)
            await r.aread()
            print(r.text)
        # many at once
        rs = await asyncio.gather(*[c.get(f"/status?{200 + i % 2}") for i in range(20)])
        print([r.status_code for r in rs])
    print(c.is_closed)
    try:
        await c.get("/echo")
    except RuntimeError as e:
        print(e)
    await show("gone", httpx.AsyncClient().get("http://127.0.0.1:1/"), port)
    await show("scheme", httpx.AsyncClient().get("ftp://x/"), port)
    await show("relative", httpx.AsyncClient().get("/x"), port)
    server.close()


asyncio.run(main())
