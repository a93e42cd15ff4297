import asyncio
from asyncio import CancelledError
from contextlib import suppress


async def in_a_loop():
    while True:
        try:
            await asyncio.sleep(1)
        except CancelledError:
            print("no")


async def at_the_end(queue: asyncio.Queue):
    try:
        while True:
            await queue.get()
    except (ValueError, asyncio.CancelledError) as error:
        print(f"ends with {error!r}")
    except BaseException:
        raise


async def bare():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(in_a_loop())
    except:
        return None


async def base(items):
    async for item in items:
        try:
            await item.save()
        except BaseException as error:
            print("cannot save", error)
            continue


async def suppressed():
    with suppress(ValueError, CancelledError):
        await asyncio.sleep(1)


async def nested():
    task = asyncio.create_task(in_a_loop())
    try:
        try:
            await asyncio.sleep(1)
        finally:
            task.cancel()
    except asyncio.CancelledError:
        pass


async def lines(reader: asyncio.StreamReader):
    try:
        async for line in reader:
            yield line
    except asyncio.exceptions.CancelledError:
        yield b""


asyncio.run(suppressed())
