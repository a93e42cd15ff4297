import asyncio
import sys


async def numbers(name):
    try:
        yield 0
        yield 1
    finally:
        print(name, "closed by", type(sys.exception()).__name__)


async def leaves(name):
    items = numbers(name)
    print(await anext(items))


async def main():
    # A generator that goes with the last turn: the task that closes it is cancelled before it starts.
    await leaves("last turn")


async def earlier():
    await leaves("earlier")
    for _ in range(4):
        await asyncio.sleep(0)
    print("slept")


async def kept(keep):
    keep.append(numbers("kept"))
    print(await anext(keep[0]))


asyncio.run(main())
print("---")
asyncio.run(earlier())
print("---")
kept_ones = []
asyncio.run(kept(kept_ones))
