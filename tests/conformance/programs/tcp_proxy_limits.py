"""A TCP proxy with counters, half-close, and limits, before an upper-casing server."""
import asyncio
import contextlib
from dataclasses import dataclass


@dataclass
class Stats:
    up: int = 0
    down: int = 0
    connections: int = 0
    refused: int = 0


class Proxy:
    def __init__(self, host, port, limit=2):
        self.target = host, port
        self.stats = Stats()
        self.gate = asyncio.Semaphore(limit)

    async def pump(self, reader, writer, what):
        try:
            while data := await reader.read(4096):
                setattr(self.stats, what, getattr(self.stats, what) + len(data))
                writer.write(data)
                await writer.drain()
        finally:
            if writer.can_write_eof():
                with contextlib.suppress(OSError):
                    writer.write_eof()

    async def __call__(self, reader, writer):
        self.stats.connections += 1
        if self.gate.locked():
            self.stats.refused += 1
            writer.write(b"busy\n")
            writer.close()
            return
        async with self.gate:
            try:
                up_reader, up_writer = await asyncio.open_connection(*self.target)
            except OSError as error:
                writer.write(f"cannot connect: {type(error).__name__}\n".encode())
                writer.close()
                return
            async with asyncio.TaskGroup() as group:
                group.create_task(self.pump(reader, up_writer, "up"))
                group.create_task(self.pump(up_reader, writer, "down"))
            for one in (writer, up_writer):
                one.close()
                await one.wait_closed()


async def upper(reader, writer):
    async for line in reader:
        writer.write(line.upper())
    await writer.drain()
    writer.close()


async def ask(port, *lines):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for line in lines:
        writer.write(line.encode() + b"\n")
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer.decode().split()


async def main():
    async with await asyncio.start_server(upper, "127.0.0.1", 0) as backend:
        proxy = Proxy(*backend.sockets[0].getsockname())
        async with await asyncio.start_server(proxy, "127.0.0.1", 0) as front:
            port = front.sockets[0].getsockname()[1]
            print(await ask(port, "one", "two"))
            print(await asyncio.gather(ask(port, "a"), ask(port, "b" * 10)))
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            reader2, writer2 = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.sleep(0.05)
            print(await ask(port))
            for w in (writer, writer2):
                w.close()
                await w.wait_closed()
            await asyncio.sleep(0.05)
            print(proxy.stats)
    proxy.target = ("127.0.0.1", 1)
    async with await asyncio.start_server(proxy, "127.0.0.1", 0) as front:
        print(await ask(front.sockets[0].getsockname()[1], "x"))
    reader = asyncio.StreamReader(limit=8)
    reader.feed_data(b"0123456789\nabc")
    reader.feed_eof()
    for call in (reader.readline(), reader.readexactly(20), reader.readuntil(b"!")):
        try:
            print(await call)
        except (ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            print(type(error).__name__, error)


asyncio.run(main())
