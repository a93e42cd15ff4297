# Asynchronous generators that somebody stops using: the loop closes them, in turns of their own.
import asyncio


async def numbers(name):
    try:
        yield 1
        yield 2
    except BaseException as error:
        print(name, "sees", type(error).__name__)
        raise
    finally:
        print(name, "closed")


async def background():
    try:
        await asyncio.sleep(10)
    finally:
        print("background ends")


async def local_of_main():
    task = asyncio.create_task(background())
    generator = numbers("left by main")
    print(await anext(generator))
    await asyncio.sleep(0)
    print("main ends", task.done())
    return "result"


async def broken_out_of():
    async for number in numbers("broken"):
        print(number)
        break
    for turn in range(4):
        print("turn", turn)
        await asyncio.sleep(0)


async def dropped():
    generator = numbers("dropped")
    await generator.asend(None)
    del generator
    print("dropped one", [task.get_coro().__class__.__name__ for task in asyncio.all_tasks()])
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    print("after")


async def as_task():
    generator = numbers("task")
    print(await asyncio.create_task(generator.asend(None)))
    print(asyncio.iscoroutine(generator.asend(None)), asyncio.iscoroutine(generator))
    await asyncio.create_task(generator.aclose())
    try:
        await asyncio.create_task(anext(generator))
    except StopAsyncIteration as error:
        print("stopped", error)


KEPT = []


async def kept_elsewhere():
    generator = numbers("kept")
    KEPT.append(generator)
    await anext(generator)


for main in (local_of_main, broken_out_of, dropped, as_task, kept_elsewhere):
    print("==", main.__name__)
    print(asyncio.run(main()))
