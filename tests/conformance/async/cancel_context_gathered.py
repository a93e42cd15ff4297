# What the exceptions of a shutdown after Ctrl-C are chained to: the step of a task that only lets others run throws
# without chaining, a cancelled future and the result of a gather are raised, and so chained.
import asyncio


async def bad():
    await asyncio.sleep(0.001)
    raise KeyboardInterrupt


async def waiter(how):
    try:
        if how == "future":
            await asyncio.get_running_loop().create_future()
        elif how == "sleep":
            await asyncio.sleep(10)
        elif how == "queue":
            await asyncio.Queue().get()
        else:
            while True:
                await asyncio.sleep(0)
    except BaseException as e:
        print(how, repr(e), repr(e.__context__))
        raise


class Sub(asyncio.Future):
    pass


def run(last, how):
    async def main():
        tasks = [asyncio.create_task(bad()), asyncio.create_task(waiter(how))]
        try:
            if last == "gather":
                await asyncio.gather(*tasks, return_exceptions=True)
            elif last == "sub":
                await Sub()
            else:
                await tasks[-1]
        except BaseException as e:
            print("main", last, repr(e), repr(e.__context__))
            raise

    try:
        asyncio.run(main())
    except BaseException as e:
        print("run", repr(e), repr(e.__context__))


def single(make):
    """One task, woken by an exception while another one is handled around the loop."""
    loop = asyncio.new_event_loop()

    async def wait(fut):
        try:
            await fut
        except BaseException as e:
            print(type(fut).__name__, repr(e), repr(e.__context__))

    fut = make(loop)
    task = loop.create_task(wait(fut))
    loop.call_soon(loop.stop)
    loop.run_forever()
    fut.set_exception(ValueError("x"))
    try:
        1 / 0
    except ZeroDivisionError:
        loop.run_until_complete(task)
    loop.close()


single(lambda loop: loop.create_future())
single(lambda loop: Sub(loop=loop))
for how in ("future", "sleep", "queue", "turns"):
    # The order of cancelling two tasks is not defined: only one of them waits for something else.
    run("task", how)
run("gather", "turns")
