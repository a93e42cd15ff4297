import asyncio


def make_lock():
    return asyncio.Lock()


class Account:
    def __init__(self, lock, *, name=None):
        self.lock = lock
        self.name = name

    async def add(self, writer):
        async with self.lock:
            await drain(writer)


async def drain(writer):
    await writer.drain()


async def worker(lock, queue):
    async with lock:
        await queue.get()


async def forward(lock, queue):
    await worker(lock, queue)


async def connect():
    reader, writer = await asyncio.open_connection("localhost", 80)
    return writer


async def main():
    lock = make_lock()
    queue = asyncio.Queue()
    await asyncio.gather(*[forward(lock, queue) for _ in range(2)])
    await Account(lock, name="a").add(await connect())


asyncio.run(main())
