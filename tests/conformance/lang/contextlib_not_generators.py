import asyncio
from contextlib import asynccontextmanager, contextmanager
@asynccontextmanager
async def plain():
    return 1
@contextmanager
def nogen():
    return 1
@contextmanager
def it():
    return iter([1, 2])
async def main():
    try:
        async with plain():
            pass
    except BaseException as e:
        print(repr(e))
try:
    with nogen(): pass
except BaseException as e:
    print(repr(e))
asyncio.run(main())

@asynccontextmanager
async def stubborn(n):
    try:
        yield 0
        yield 1
    except BaseException as e:
        print(n, "thrown", repr(e))
        yield 2
    finally:
        print(n, "finally")

async def use(n):
    async with stubborn(n):
        pass

async def two():
    t = asyncio.create_task(use("a"))
    await asyncio.wait([t])
    print("waited")
    try:
        await t
    except RuntimeError as e:
        print(repr(e), repr(e.__context__))
    del t
    print("end")
asyncio.run(two())
