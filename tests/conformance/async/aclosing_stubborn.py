# A generator that does not let itself be closed lives as long as the exception that tells of it.
import asyncio
import contextlib


async def agen(name):
    try:
        yield 0
        yield 1
    except BaseException as e:
        print(name, "thrown", repr(e))
        yield "from handler"
    finally:
        print(name, "finally")


async def use():
    async with contextlib.aclosing(agen("aclosing")) as g:
        async for item in g:
            print("item", item)
            await asyncio.sleep(100)


async def main():
    task = asyncio.create_task(use())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    print("waited")
    print("behind")
    print(repr(task.exception()))


asyncio.run(main())
print("end")
