# asyncio's classes are Python source in CPython, and calls that fail say so.
import asyncio


def check(call):
    try:
        call()
    except TypeError as e:
        print(e)


async def main():
    check(lambda: asyncio.Lock(loop=1))
    check(lambda: asyncio.Lock(1))
    check(lambda: asyncio.Lock().acquire(1))
    check(lambda: asyncio.Lock().release(now=True))
    check(lambda: asyncio.Queue(maxsize=1, size=2))
    check(lambda: asyncio.Queue(1, 2))
    check(lambda: asyncio.Queue().put())
    check(lambda: asyncio.Queue().put_nowait(1, 2))
    check(lambda: asyncio.Queue().get(block=True))
    check(lambda: asyncio.Event().set(1))
    check(lambda: asyncio.Semaphore(1, 2))
    check(lambda: asyncio.BoundedSemaphore(loop=1))
    check(lambda: asyncio.BoundedSemaphore().release(1))
    check(lambda: asyncio.Condition().notify(1, 2))
    check(lambda: asyncio.Condition().wait_for())
    check(lambda: asyncio.Barrier())
    check(lambda: asyncio.Barrier(2, 3))
    check(lambda: asyncio.TaskGroup(1))
    check(lambda: asyncio.TaskGroup().create_task())
    check(lambda: asyncio.TaskGroup().create_task(1, 2))
    check(lambda: asyncio.Runner(1))
    check(lambda: asyncio.Runner(debug=True, loop=1))
    check(lambda: asyncio.Runner().run())
    loop = asyncio.get_running_loop()
    check(lambda: loop.set_debug())
    check(lambda: loop.run_until_complete())
    check(lambda: loop.stop(1))
    check(lambda: asyncio.Future().done(1))


asyncio.run(main())
