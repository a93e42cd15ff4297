import asyncio
from asyncio import create_task, tasks


async def work():
    await asyncio.sleep(0)


class Server:
    def __init__(self):
        self.loop = asyncio.get_event_loop()

    def start(self, loop: asyncio.AbstractEventLoop):
        self.loop.create_task(work())
        loop.create_task(work(), name="second")


async def main(flag=True):
    asyncio.create_task(work())
    create_task(work())
    tasks.create_task(work())
    asyncio.ensure_future(work())
    asyncio.get_running_loop().create_task(work())
    flag and asyncio.create_task(work())
    Server().start(asyncio.get_running_loop())


asyncio.run(main())
