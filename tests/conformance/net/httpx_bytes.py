# What a client writes, byte for byte, and headers as they come back.
import asyncio
import httpx

seen = []


async def serve(reader, writer):
    head = await reader.readuntil(b"\r\n\r\n")
    body = b""
    low = head.lower()
    if b"transfer-encoding: chunked" in low:
        while not body.endswith(b"0\r\n\r\n"):
            body += await reader.read(1000)
    elif b"content-length:" in low:
        n = int(low.split(b"content-length:")[1].split(b"\r\n")[0])
        body = await reader.readexactly(n)
    seen.append(head + body)
    writer.write(b"HTTP/1.1 200 Fine\r\nX-Some-Thing: a\r\nx-some-thing:b\r\nSERVER:  raw \r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
    await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    base = f"http://127.0.0.1:{port}"

    async def show(label, waiting):
        try:
            r = await waiting
            print(label, r, r.reason_phrase, r.http_version, r.headers.raw, r.headers)
        except Exception as e:
            print(label, type(e).__name__, e)
        for data in seen:
            print("   ", data.replace(str(port).encode(), b"PORT"))
        seen.clear()

    async def chunks():
        yield b"one"
        yield b""
        yield b"three"

    async with httpx.AsyncClient(base_url=base + "/api/", headers={"X-Client": "1", "accept": "text/x"}, params={"k": "v"}) as c:
        await show("plain", c.get("/x y?z=1#frag"))
        await show("none", c.get("x", params={"z": 1}, headers={"x-lower": "a", "X-UPPER": "B", "x-Client": "mine"}))
        await show("post", c.post("p", json={"a": 1, "b": [None, True, 1.5, "é"]}))
        await show("form", c.post("p", data={"a": "1 2", "b": ["x", "é"]}))
        await show("content", c.put("p", content=b"abc", headers={"content-type": "text/plain"}))
        await show("chunked", c.post("p", content=chunks()))
        await show("emptypost", c.post("p"))
        await show("multi", c.get("p", headers=[("X-A", "1"), ("X-B", "2"), ("x-a", "3")]))
        await show("host", c.get("p", headers={"hOST": "other.example"}))
        await show("cookie", c.get("p", cookies={"a": "1"}))
        await show("lying", c.post("p", content=b"abc", headers={"Content-Length": "10"}))
        await show("name", c.get("p", headers={"bad name": "x"}))
        await show("value", c.get("p", headers={"X-V": "a\nb"}))
        await show("space", c.get("p", headers={"X-V": " a "}))
        await show("te", c.post("p", content=b"x", headers={"Transfer-Encoding": "gzip"}))
        await show("method", c.request("we ird", "p"))
        await show("custom", c.request("purge", "p"))
        await show("auth", c.get("p", auth=("us", "pa:ss")))
        await show("files", c.post("p", files={"f": b"data"}, headers={"content-type": "multipart/form-data; boundary=xx"}))
    server.close()


asyncio.run(main())
