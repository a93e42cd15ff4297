import asyncio
import contextlib
import sys


def chain(e):
    names = []
    while e is not None:
        names.append(f"{type(e).__name__}{e.args}")
        e = e.__context__
    return names


async def twice(label, fail=False):
    try:
        yield 1
    except ValueError as e:
        print(label, "caught", chain(e))
    try:
        yield 2
    except GeneratorExit as e:
        print(label, "exit", chain(e))
        if fail:
            raise KeyError(label)
    finally:
        # What closes the generator runs while the error is handled.
        print(label, "finally", chain(sys.exception()))
        await asyncio.sleep(0)
        print(label, "behind", chain(sys.exception()))


def twice_plain(label):
    try:
        yield 1
    except ValueError as e:
        print(label, "caught", chain(e))
    try:
        yield 2
    except GeneratorExit as e:
        print(label, "exit", chain(e))
    finally:
        print(label, "finally", chain(sys.exception()))


async def main():
    for label, fail, error in (("normal", False, None), ("failing", True, None), ("thrown", False, ValueError("v"))):
        try:
            async with contextlib.asynccontextmanager(twice)(label, fail):
                if error:
                    raise error
        except Exception as e:
            print(label, "out", chain(e))
    for label, error in (("plain", None), ("plain thrown", ValueError("w"))):
        try:
            with contextlib.contextmanager(twice_plain)(label):
                if error:
                    raise error
        except Exception as e:
            print(label, "out", chain(e))


asyncio.run(main())
