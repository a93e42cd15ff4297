import asyncio


def chain(e):
    names = []
    while e is not None:
        names.append(f"{type(e).__name__}{e.args}")
        e = e.__context__
    return names


async def rest(name):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError as e:
        print(name, chain(e))
        raise


async def fail(e):
    await asyncio.sleep(0)
    raise e


async def main(e):
    waiting = asyncio.create_task(rest("task"))
    await asyncio.sleep(0)
    failing = asyncio.create_task(fail(e))
    try:
        await asyncio.gather(waiting, failing)
    except BaseException as e:
        print("main", chain(e))
        raise


# What is left is cancelled while `run` handles the exception that ended the loop.
for error in (SystemExit(3), KeyboardInterrupt("k"), ValueError("v")):
    try:
        asyncio.run(main(error))
    except BaseException as e:
        print("run", chain(e))

try:
    raise LookupError("around")
except LookupError:
    try:
        asyncio.run(main(ValueError("inside")))
    except ValueError as e:
        print("run", chain(e))
