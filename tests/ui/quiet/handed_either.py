import asyncio
import time


def pause():
    time.sleep(1)


def quick():
    return 1


def apply(function):
    return function()


def as_value(function=quick):
    return function()


def recursive(n):
    return recursive(n - 1) if n else quick


def choose(slow):
    if slow:
        return pause
    return quick


class Lock:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        return None


async def worker(lock):
    async with lock:
        await asyncio.sleep(1)


async def other(lock):
    async with lock:
        await asyncio.sleep(1)


async def main():
    apply(quick)
    as_value()
    choose(False)()
    recursive(3)()
    await worker(Lock())
    await worker(asyncio.Lock())
    await asyncio.gather(*map(other, [Lock(), asyncio.Lock()]))
    await other(Lock())


apply(pause)
as_value(pause)
asyncio.run(main())
