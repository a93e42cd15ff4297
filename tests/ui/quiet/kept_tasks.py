import asyncio

background = set()


async def work():
    await asyncio.sleep(0)


class Pool:
    def create_task(self, coroutine):
        coroutine.close()


async def main():
    task = asyncio.create_task(work())
    background.add(asyncio.create_task(work()))
    waiting = [asyncio.create_task(work()) for _ in range(2)]
    await asyncio.create_task(work())
    async with asyncio.TaskGroup() as group:
        group.create_task(work())
        asyncio.ensure_future(task)
    Pool().create_task(work())
    pools = [Pool()]
    pools[0].create_task(work())
    _ = asyncio.create_task(work())
    await asyncio.gather(*waiting)


asyncio.run(main())
