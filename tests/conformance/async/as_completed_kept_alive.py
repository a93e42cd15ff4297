# What an exception keeps alive that left one of asyncio's own functions: as in CPython, whose frames hold it.
import asyncio


class Thing:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)


async def hold(name, n):
    thing = Thing(name)
    try:
        await asyncio.sleep(n)
    finally:
        print("left", name)
    return thing


async def gen(name):
    thing = Thing(name)
    yield 1
    yield 2


async def as_completed():
    for f in asyncio.as_completed([asyncio.create_task(hold("as", 0)), hold("as2", 100)]):
        print(type(await f).__name__)


async def wait_gen():
    await asyncio.wait_for(anext(gen("gen"), None), 50)
    await asyncio.wait_for(asyncio.sleep(100), 50)


async def main():
    for f in (as_completed, wait_gen):
        print("--", f.__name__)
        task = asyncio.create_task(f())
        await asyncio.sleep(0.001)
        await asyncio.sleep(0.001)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError as e:
            print("caught", e)
            kept = e
        print("kept")
        del kept
        print("freed")
        del task
        for other in asyncio.all_tasks() - {asyncio.current_task()}:
            other.cancel()
        await asyncio.sleep(0)
        other = None
        print("end", f.__name__)


asyncio.run(main())
