"""The loop used by hand: call_soon, call_later, call_at, custom awaitables, eager tasks, task factories, policies."""
import asyncio


class Tick:
    def __init__(self, n):
        self.n = n

    def __await__(self):
        for _ in range(self.n):
            yield
        return f"{self.n} ticks"


class Suspend:
    def __await__(self):
        got = yield from asyncio.sleep(0, "inner").__await__()
        return got


def factory(loop, coro, **kwargs):
    task = asyncio.Task(coro, loop=loop, **kwargs)
    task.set_name("made-" + coro.__name__)
    return task


async def named():
    return asyncio.current_task().get_name()


async def immediate(log, name):
    log.append(f"{name} starts")
    await asyncio.sleep(0)
    log.append(f"{name} ends")
    return name


async def main(loop):
    log = []
    loop.call_later(0.02, log.append, "later 2")
    loop.call_later(0.01, log.append, "later 1")
    handle = loop.call_at(loop.time() + 0.015, log.append, "never")
    loop.call_soon(log.append, "soon")
    handle.cancel()
    print(handle.cancelled(), handle.when() > 0)
    print(await Tick(3), await Suspend())
    await asyncio.sleep(0.03)
    print(log)
    loop.set_task_factory(factory)
    print(await asyncio.ensure_future(named()) is not None, await loop.create_task(named(), name="mine"))
    loop.set_task_factory(asyncio.eager_task_factory)
    log.clear()
    task = asyncio.create_task(immediate(log, "eager"))
    log.append("created")
    print(await task, log)

    async def done():
        return 5

    task = asyncio.create_task(done())
    print(task.done(), task.result())
    loop.set_task_factory(None)
    future = loop.create_future()
    future.add_done_callback(lambda f: log.append(("first", f.cancelled())))
    callback = lambda f: log.append("removed")
    future.add_done_callback(callback)
    print(future.remove_done_callback(callback), future.done())
    future.cancel("msg")
    await asyncio.sleep(0)
    print(log[-1], repr(future))
    try:
        future.result()
    except asyncio.CancelledError as error:
        print(error.args)
    print(asyncio.isfuture(future), asyncio.iscoroutinefunction(done), asyncio.ensure_future(task) is task)
    errors = []
    loop.set_exception_handler(lambda l, c: errors.append((c["message"].split("(")[0], repr(c.get("exception")))))
    loop.call_soon(int, "x")
    await asyncio.sleep(0)
    print(errors)
    coro = done()
    try:
        coro.send(None)
    except StopIteration as stop:
        print("value", stop.value, coro.cr_frame)
    try:
        await coro
    except RuntimeError as error:
        print(error)
    try:
        await 5
    except TypeError as error:
        print(error)
    return loop.is_running()


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
print(loop.run_until_complete(main(loop)), loop.is_running(), loop.is_closed())
loop.call_soon(loop.stop)
loop.run_forever()
loop.close()
coroutine = asyncio.sleep(0)
try:
    loop.run_until_complete(coroutine)
except RuntimeError as error:
    print(error)
coroutine.close()
try:
    asyncio.get_running_loop()
except RuntimeError as error:
    print(error)
print(loop)
