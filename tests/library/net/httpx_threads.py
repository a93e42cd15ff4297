# One client in many threads; proxies; netrc; a stream read to its middle.
import asyncio
import threading
import httpx


async def serve(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            line = head.split(b"\r\n")[0]
            auth = [h for h in head.split(b"\r\n") if h.lower().startswith((b"authorization", b"proxy-"))]
            if line.startswith(b"CONNECT"):
                writer.write(b"HTTP/1.1 403 Nope\r\nContent-Length: 0\r\n\r\n")
                continue
            body = line + b" " + b"|".join(auth)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()


def sync_part(port):
    base = f"http://127.0.0.1:{port}"
    results = []
    with httpx.Client(base_url=base) as c:
        def work(n):
            for i in range(5):
                results.append(c.get(f"/{n}/{i}").text)
        threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        print(len(results), sorted(results)[0], sorted(results)[-1])
    with httpx.Client(proxy=f"http://us:pw@127.0.0.1:{port}") as c:
        print(c.get("http://example.org/path?q=1").text)
        print(c.get("http://example.org:81/", headers={"Proxy-Authorization": "own"}).text)
        try:
            c.get("https://example.org/")
        except httpx.ProxyError as e:
            print(type(e).__name__, e)
    with httpx.Client(mounts={"http://only.org": httpx.HTTPTransport(proxy=httpx.Proxy(base, headers={"Proxy-X": "1"}))}) as c:
        print(c.get("http://only.org/").text)
        print(c.get(base + "/direct").text)
    with httpx.Client(transport=httpx.HTTPTransport(retries=1)) as c:
        try:
            c.get("http://127.0.0.1:1/")
        except httpx.ConnectError as e:
            print(e)
    for bad in ["socks4://x", "ftp://x"]:
        try:
            httpx.Client(proxy=bad)
        except ValueError as e:
            print(e)


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await asyncio.to_thread(sync_part, port)
    async with httpx.AsyncClient(proxy=f"http://127.0.0.1:{port}") as c:
        print((await c.get("http://example.org/async")).text)
        try:
            await c.get("https://example.org/")
        except httpx.ProxyError as e:
            print(type(e).__name__, e)
    server.close()


asyncio.run(main())
