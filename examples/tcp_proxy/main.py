"""A TCP proxy: forwards connections, counts bytes, ends idle ones.

    main.py LISTEN_PORT TARGET_HOST TARGET_PORT [IDLE_SECONDS]

Without arguments it shows itself at work, between clients and a server of its own.
"""
import asyncio
import contextlib
import sys


class Proxy:
    def __init__(self, host, port, idle=60.0):
        self.host, self.port, self.idle = host, port, idle
        self.sent = self.received = self.open = self.failed = 0

    async def __call__(self, reader, writer):
        """One connection, as asyncio.start_server calls it."""
        try:
            target_reader, target_writer = await asyncio.open_connection(self.host, self.port)
        except OSError:
            self.failed += 1
            writer.close()
            return
        self.open += 1
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.forward(reader, target_writer, self.count_sent))
                group.create_task(self.forward(target_reader, writer, self.count_received))
        except* (TimeoutError, ConnectionError):
            self.failed += 1
        finally:
            self.open -= 1
            for one in (writer, target_writer):
                one.close()
                with contextlib.suppress(ConnectionError):
                    await one.wait_closed()

    async def forward(self, reader, writer, count):
        while True:
            async with asyncio.timeout(self.idle):
                data = await reader.read(65536)
            if not data:
                break
            count(len(data))
            writer.write(data)
            await writer.drain()
        # The other direction may go on: only this one has ended.
        if writer.can_write_eof():
            writer.write_eof()

    def count_sent(self, size):
        self.sent += size

    def count_received(self, size):
        self.received += size

    def __str__(self):
        return f"{self.sent} bytes sent, {self.received} received, {self.open} open, {self.failed} failed"


async def shout(reader, writer):
    """The server behind the proxy of the demonstration."""
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.write(b"end\n")
    writer.close()


async def talk(port, *lines, end=True):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for line in lines:
        writer.write(line.encode() + b"\n")
    if end:
        writer.write_eof()
    answer = (await reader.read()).decode().split()
    writer.close()
    await writer.wait_closed()
    return answer


async def demonstrate():
    async with await asyncio.start_server(shout, "127.0.0.1", 0) as target:
        proxy = Proxy(*target.sockets[0].getsockname(), idle=0.5)
        async with await asyncio.start_server(proxy, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            print("one client:", await talk(port, "hello", "bye"))
            print("five:", await asyncio.gather(*(talk(port, f"n{n}") for n in range(5))))
            print("much:", sum(map(len, await talk(port, *["x" * 1000] * 1000))))
            print("idle:", await talk(port, "waiting", end=False))
            print(proxy)
    async with await asyncio.start_server(Proxy("127.0.0.1", 1), "127.0.0.1", 0) as server:
        print("nobody behind:", await talk(server.sockets[0].getsockname()[1]))


async def serve(port, host, target, idle="60"):
    proxy = Proxy(host, int(target), float(idle))
    async with await asyncio.start_server(proxy, "127.0.0.1", int(port)) as server:
        print(f"127.0.0.1:{port} leads to {host}:{target}, Ctrl-C ends it", flush=True)
        try:
            await server.serve_forever()
        finally:
            print(proxy)


try:
    asyncio.run(serve(*sys.argv[1:]) if len(sys.argv) > 1 else demonstrate())
except KeyboardInterrupt:
    pass
