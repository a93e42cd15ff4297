import asyncio
from asyncio import sleep as pause
from other import greet


class Store:
    def __init__(self):
        self.lock = asyncio.Lock()
        self.full = asyncio.Event()

    async def save(self, item, *, twice=False):
        self.lock.acquire()
        self.full.wait()
        return item, twice

    async def save_all(self, items):
        for item in items:
            self.save(item)
        [self.save(item) for item in items]

    def later(self):
        self.save(1, twice=True)

    @staticmethod
    async def check():
        pass

    @classmethod
    async def make(cls):
        cls.check()


class Special(Store):
    async def refresh(self):
        super().save(2)
        self.save_all([])


async def handle(reader, writer):
    writer.write(await reader.readline())
    writer.drain()
    writer.close()


async def main():
    store = Store()
    store.save(1)
    special: Special = Special()
    special.refresh()
    Store.check()
    asyncio.sleep(1)
    pause(1)
    greet("x")
    unused = greet("y")
    queue = asyncio.Queue()
    queue.put(1) if store else queue.join()
    store and store.save(2)
    loop = asyncio.get_running_loop()
    loop.sock_accept(None)
    server = await asyncio.start_server(handle, "localhost", 0)
    server.serve_forever()
    process = await asyncio.create_subprocess_exec("true")
    process.wait()
    asyncio.wait_for(greet("z"), 1)
    asyncio.to_thread(print)

    async def inner():
        pass

    inner()


main()
