"""A generator that does not let itself be closed lives on in the traceback of the task that failed, however often that task's
exception passes through others: the traceback keeps their frames, and those keep the task."""
import asyncio
import contextlib
import gc


async def stubborn(name):
    try:
        print(name, "sent", (yield 1))
        print(name, "sent", (yield 2))
    except BaseException as e:
        yield f"from handler of {type(e).__name__}"
    finally:
        print(name, "finished")


async def managed(name):
    async with contextlib.asynccontextmanager(stubborn)(name):
        print(name, "inside")


async def by_hand(name):
    steps = stubborn(name)
    await anext(steps)
    await steps.aclose()


async def through_a_local(child):
    task = asyncio.create_task(child)
    print("joined", await task)


async def through_nothing(child):
    print("joined", await asyncio.create_task(child))


async def main():
    for outer in [through_a_local, through_nothing]:
        for inner in [managed, by_hand]:
            name = f"{outer.__name__}/{inner.__name__}"
            task = asyncio.create_task(outer(inner(name)))
            print(name, await asyncio.gather(task, return_exceptions=True))
            del task
            print(name, "gone")
            await asyncio.sleep(0)
    print("end of main")


def report(loop, context):
    print("handler:", context["message"].partition("<")[0], repr(context["exception"]))


async def watched():
    asyncio.get_running_loop().set_exception_handler(report)
    await main()


gc.disable()
asyncio.run(watched())
print("over")
gc.collect()
print("end")
