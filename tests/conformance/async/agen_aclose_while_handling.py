import asyncio
import contextlib


def chain(e):
    names = []
    while e is not None:
        names.append(type(e).__name__)
        e = e.__context__
    return names


async def numbers(label):
    try:
        yield 1
        yield 2
    except BaseException as e:
        print(label, "got", chain(e))
        raise
    finally:
        print(label, "finally")


async def main():
    # What closes a generator while it handles an exception does not chain GeneratorExit to that.
    try:
        async with contextlib.aclosing(numbers("aclosing")) as items:
            async for item in items:
                raise ValueError(item)
    except ValueError as e:
        print("out", chain(e))

    g = numbers("aclose")
    await anext(g)
    try:
        raise KeyError("k")
    except KeyError:
        print(await g.aclose())

    g = numbers("athrow")
    await anext(g)
    try:
        try:
            raise KeyError("k")
        except KeyError:
            await g.athrow(TypeError("t"))
    except TypeError as e:
        print("out", chain(e))

    g = numbers("task")
    step = asyncio.create_task(anext(g))
    print(await step, step.get_coro().__class__.__name__)
    try:
        raise KeyError("k")
    except KeyError:
        closing = g.aclose()
        closing.close()
    await g.aclose()


asyncio.run(main())
