import asyncio
import collections.abc
import inspect


async def numbers():
    try:
        yield 1
        yield 2
    finally:
        print("numbers closed")


async def main():
    g = numbers()
    for step in (anext(g, 0), anext(g), g.asend(None), g.athrow(ValueError), g.aclose()):
        print(type(step).__name__, asyncio.iscoroutine(step), inspect.isawaitable(step), isinstance(step, collections.abc.Coroutine))
        step.close()
    # Each can be a task's coroutine, and a task keeps it, and the generator behind it.
    task = asyncio.create_task(anext(numbers(), "none"))
    print(await task)
    await asyncio.sleep(0)
    print("still open")
    del task
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    print(await asyncio.gather(anext(g, "over"), g.asend(None), return_exceptions=True))
    g = numbers()
    print([await anext(g, "over") for _ in range(3)])
    step = anext(g, "again")
    print(await step, end=" ")
    try:
        await step
    except RuntimeError as e:
        print(e)
    step = anext(numbers(), 5)
    try:
        step.send(None)
    except StopIteration as e:
        print("stop", e.value)
    print(asyncio.iscoroutine(asyncio.Future()), asyncio.iscoroutine((x for x in ())), asyncio.iscoroutine(3))


asyncio.run(main())
