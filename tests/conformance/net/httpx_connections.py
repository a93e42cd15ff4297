# Connections: kept, limited, shared between origins, and every kind of timeout.
import asyncio
import httpx

connections = 0


async def serve(reader, writer):
    global connections
    connections += 1
    number = connections
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ")[1].decode()
            if path == "/slow":
                await asyncio.sleep(0.15)
            elif path == "/hang":
                await asyncio.sleep(5)
            elif path == "/half":
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
                await writer.drain()
                await asyncio.sleep(5)
            elif path == "/headonly":
                writer.write(b"HTTP/1.1 200 OK\r\nContent-")
                await writer.drain()
                await asyncio.sleep(5)
            elif path == "/drip":
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
                for c in b"drops":
                    await asyncio.sleep(0.05)
                    writer.write(bytes([c]))
                continue
            elif path == "/upload":
                await asyncio.sleep(5)
            elif path == "/bye":
                body = f"conn {number}".encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))
                break
            elif path == "/leave":
                body = f"conn {number}".encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
                break
            body = f"conn {number}".encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()


async def attempt(label, waiting):
    try:
        r = await waiting
        print(label, r.status_code, r.text)
    except httpx.HTTPError as e:
        print(label, type(e).__name__, repr(str(e)), [b.__name__ for b in type(e).__mro__[1:4]])


def sync_part(base):
    def attempt(label, f):
        try:
            r = f()
            print("sync", label, r.status_code, r.text)
        except httpx.HTTPError as e:
            print("sync", label, type(e).__name__, repr(str(e)))

    with httpx.Client(limits=httpx.Limits(max_connections=1)) as c:
        attempt("a", lambda: c.get(base))
        attempt("b", lambda: c.get(base))
        attempt("leave", lambda: c.get(base + "/leave"))
        import time
        time.sleep(0.05)
        attempt("after", lambda: c.get(base))
        attempt("read", lambda: c.get(base + "/hang", timeout=0.05))
        attempt("half", lambda: c.get(base + "/half", timeout=0.05))
        attempt("head", lambda: c.get(base + "/headonly", timeout=0.05))
        attempt("drip", lambda: c.get(base + "/drip", timeout=0.15))
        attempt("connect", lambda: c.get("http://127.0.0.1:1/"))
        with c.stream("GET", base) as r:
            attempt("pool", lambda: c.get(base, timeout=httpx.Timeout(5, pool=0.05)))
            r.read()
        attempt("write", lambda: c.post(base + "/upload", content=b"x" * 30_000_000, timeout=httpx.Timeout(5, write=0.1)))


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient() as c:
        for path in ["/", "/", "/bye", "/", "/leave"]:
            r = await c.get(base + path)
            print(path, r.text)
        await asyncio.sleep(0.05)
        print((await c.get(base)).text)
        print(sorted(r.text for r in await asyncio.gather(*[c.get(base + "/slow") for _ in range(3)])))
        print((await c.get(base)).text)
        r = await c.get(base, headers={"Connection": "close"})
        print(r.text, (await c.get(base)).text)
        async with c.stream("GET", base) as r:
            print("unread", r.status_code)
        print((await c.get(base)).text)
        async with c.stream("GET", base) as r:
            async for _ in r.aiter_bytes():
                pass
        print((await c.get(base)).text)
    print("limits")
    before = connections
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=2, max_keepalive_connections=1)) as c:
        await asyncio.gather(*[c.get(base + "/slow") for _ in range(6)])
        print(connections - before > 1)
        async with c.stream("GET", base) as a, c.stream("GET", base) as b:
            await attempt("pool", c.get(base, timeout=0.05))
            await a.aread()
            await attempt("pool freed", c.get(base, timeout=0.5))
    async with httpx.AsyncClient(limits=httpx.Limits(max_keepalive_connections=0)) as c:
        first = (await c.get(base)).text
        print(first == (await c.get(base)).text)
    async with httpx.AsyncClient(limits=httpx.Limits(keepalive_expiry=0.05)) as c:
        first = (await c.get(base)).text
        same = (await c.get(base)).text
        await asyncio.sleep(0.1)
        print(first == same, same == (await c.get(base)).text)
    print("order")
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=1)) as c:
        done = []

        async def one(i):
            await c.get(base + "/slow" if i == 0 else base)
            done.append(i)

        await asyncio.gather(*[one(i) for i in range(5)])
        print(done)
        task = asyncio.create_task(c.get(base + "/hang"))
        await asyncio.sleep(0.05)
        waiting = asyncio.create_task(c.get(base))
        await asyncio.sleep(0.02)
        task.cancel()
        print((await waiting).status_code)
    print("timeouts")
    async with httpx.AsyncClient(timeout=0.05) as c:
        await attempt("read", c.get(base + "/hang"))
        await attempt("half", c.get(base + "/half"))
        await attempt("head", c.get(base + "/headonly"))
        await attempt("drip", c.get(base + "/drip", timeout=0.15))
        await attempt("write", c.post(base + "/upload", content=b"x" * 30_000_000, timeout=httpx.Timeout(5, write=0.1)))
        await attempt("connect", c.get("http://127.0.0.1:1/"))
        try:
            async with c.stream("GET", base + "/half") as r:
                async for chunk in r.aiter_bytes():
                    print(chunk)
        except httpx.ReadTimeout as e:
            print("stream", type(e).__name__, r.is_closed, e.request.url.path)
        try:
            async with asyncio.timeout(0.05):
                await c.get(base + "/hang", timeout=None)
        except TimeoutError as e:
            print("asyncio", type(e).__name__)
    await asyncio.to_thread(sync_part, base)
    server.close()


asyncio.run(main())
