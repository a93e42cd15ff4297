import asyncio

# Modules of an installed library: nothing is said of those that are not there.
try:
    import threading
except ImportError:
    raise

lock = asyncio.Lock()
guard = threading.Lock()


class Client:
    def __init__(self):
        self.lock = asyncio.Lock()
        self.ready = asyncio.Condition()
        self.queue = asyncio.Queue()

    async def ask(self, host):
        async with self.lock:
            reader, writer = await asyncio.open_connection(host, 80)
            await writer.drain()

    async def next(self):
        async with self.ready:
            return await self.queue.get()

    async def deep(self):
        async with self.lock:
            await self.far()

    async def far(self):
        await asyncio.wait_for(nearer(), 1)


async def nearer():
    await asyncio.gather(asyncio.sleep(0), asyncio.sleep(0.5))


async def acquired():
    await lock.acquire()
    try:
        await asyncio.sleep(1)
    finally:
        lock.release()


async def of_threads():
    with guard:
        await asyncio.sleep(0)


async def lines(reader: asyncio.StreamReader):
    async with lock, asyncio.timeout(1):
        async for line in reader:
            print(line)


asyncio.run(acquired())
