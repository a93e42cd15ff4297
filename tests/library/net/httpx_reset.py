# A connection that is reset in the middle of an answer, and how long an answer took.
import asyncio
import datetime
import socket
import struct

import httpx


async def serve(reader, writer):
    head = await reader.readuntil(b"\r\n\r\n")
    if b"/reset" in head:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        return
    await asyncio.sleep(0.1)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
    writer.close()


def sync_part(base):
    try:
        httpx.get(base + "/reset")
    except httpx.ReadError as e:
        print("sync", type(e).__name__, e)
    print(httpx.get(base).elapsed >= datetime.timedelta(seconds=0.1))


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with httpx.AsyncClient() as client:
        try:
            await client.get(base + "/reset")
        except httpx.ReadError as e:
            print(type(e).__name__, repr(str(e)), e.request.url.path)
        async with client.stream("GET", base + "/reset") as response:
            try:
                async for chunk in response.aiter_bytes():
                    print(chunk)
            except httpx.ReadError as e:
                print(type(e).__name__, response.is_closed)
        response = await client.get(base)
        print(response.elapsed >= datetime.timedelta(seconds=0.1), type(response.elapsed).__name__)
    await asyncio.to_thread(sync_part, base)
    server.close()


asyncio.run(main())
