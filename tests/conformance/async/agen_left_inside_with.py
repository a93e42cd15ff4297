import asyncio
import contextlib


async def numbers(name):
    try:
        yield 0
        yield 1
    finally:
        print(name, "closed")


def plain(name):
    try:
        yield 0
        yield 1
    finally:
        print(name, "closed")


async def turns(label):
    for _ in range(4):
        await asyncio.sleep(0)
    print(label)


async def in_with(lock):
    async with lock:
        async for item in numbers("with"):
            break
        print("left the loop")
        await turns("still inside with")


async def in_try():
    try:
        async for item in numbers("try"):
            break
        await turns("still inside try")
        for item in plain("plain"):
            break
        await turns("behind the plain loop")
    finally:
        print("finally")


async def in_suppress():
    with contextlib.suppress(KeyError):
        rest = (item async for item in numbers("expression"))
        async for item in rest:
            break
        del rest
        await turns("still inside suppress")


async def main():
    await in_with(asyncio.Lock())
    await in_try()
    await in_suppress()


asyncio.run(main())
