# A hundred megabytes, streamed: the memory that the program takes stays small.
import asyncio
import httpx

PIECE = bytes(range(256)) * 256
COUNT = 1600


async def serve(reader, writer):
    head = await reader.readuntil(b"\r\n\r\n")
    chunked = b"/chunked" in head
    if chunked:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    else:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(PIECE) * COUNT))
    for _ in range(COUNT):
        if chunked:
            writer.write(b"%x\r\n" % len(PIECE))
        writer.write(PIECE)
        if chunked:
            writer.write(b"\r\n")
        await writer.drain()
    if chunked:
        writer.write(b"0\r\n\r\n")
    await writer.drain()
    writer.close()


def peak():
    with open("/proc/self/status") as f:
        for line in f:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with httpx.AsyncClient() as c:
        for path in ["/length", "/chunked"]:
            async with c.stream("GET", f"http://127.0.0.1:{port}{path}") as r:
                total = check = 0
                async for chunk in r.aiter_bytes():
                    total += len(chunk)
                    check = (check * 31 + chunk[-1]) % 1000003 if total == len(PIECE) * COUNT else check
                print(path, r.status_code, total, r.num_bytes_downloaded == total, check)
    print(peak() < 80)
    server.close()


asyncio.run(main())
