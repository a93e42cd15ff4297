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


def client(base, port):
    def show(label, f):
        try:
            r = f()
            print(label, r.status_code, str(r.url).replace(str(port), "PORT"), repr(r.text)[:60])
        except Exception as e:
            print(label, type(e).__name__, repr(str(e)).replace(str(port), "PORT"))

    show("get", lambda: httpx.get(base + "/gzip"))
    show("post", lambda: httpx.post(base + "/echo", json=[1]))
    show("redirect", lambda: httpx.get(base + "/redirect/2", follow_redirects=True))
    show("head", lambda: httpx.head(base + "/status?404"))
    show("request", lambda: httpx.request("DELETE", base + "/status?204"))
    for path in ["/empty", "/short", "/garbage"]:
        show(path, lambda: httpx.get(base + path))
    show("timeout", lambda: httpx.get(base + "/slow", timeout=0.1))
    show("refused", lambda: httpx.get("http://127.0.0.1:1/"))
    with httpx.stream("GET", base + "/lines") as r:
        print(list(r.iter_lines()))
    with httpx.Client(base_url=base, limits=httpx.Limits(max_connections=1)) as c:
        show("one", lambda: c.get("/chunked"))
        show("two", lambda: c.get("/chunked"))
        with c.stream("GET", "/big") as r:
            print(sum(len(b) for b in r.iter_bytes()), r.num_bytes_downloaded)
        with c.stream("GET", "/big") as r:
            print(next(r.iter_raw())[:3])
            show("pool", lambda: c.get("/gzip", timeout=0.1))
        show("after", lambda: c.get("/gzip"))
        show("upload", lambda: c.put("/echo", content=(b"%d," % i for i in range(3))))
        r = c.get("/chunked")
        print(r.cookies, r.request.method)


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await asyncio.to_thread(client, f"http://127.0.0.1:{port}", port)
    server.close()


asyncio.run(main())
