# What counts as a future, a coroutine or a coroutine function, and who is asked.
import asyncio
import inspect


class Future(asyncio.Future):
    added = 0

    def add_done_callback(self, *args, **kwargs):
        self.added += 1
        super().add_done_callback(*args, **kwargs)


class Stand:
    _asyncio_future_blocking = None

    def __init__(self, blocking):
        self._asyncio_future_blocking = blocking


class Disguise:
    _asyncio_future_blocking = False
    __class__ = asyncio.Future


class Everything:
    def __getattr__(self, name):
        return self


class Coroutine:
    """Sends, throws and closes, but is no iterator."""

    def __init__(self, result):
        self.result = result

    def send(self, value):
        print("send", value)
        raise StopIteration(self.result)

    def throw(self, *exc):
        pass

    def close(self):
        pass

    def __await__(self):
        return self


async def wait(fut):
    return await fut


async def main():
    loop = asyncio.get_running_loop()
    fut = Future(loop=loop)
    task = asyncio.create_task(wait(fut))
    await asyncio.sleep(0)
    print("added", fut.added)
    fut.set_result("done")
    print(await task)

    print([asyncio.isfuture(x) for x in (fut, Stand(False), Stand(None), Stand, Disguise(), Everything(), 1, Future)])

    print(await asyncio.create_task(Coroutine(42)))
    print(await asyncio.create_task(Coroutine(43)))

    def marked():
        pass

    async def native():
        pass

    print([asyncio.iscoroutinefunction(x) for x in (marked, native, Everything(), main, 3)])
    print([inspect.iscoroutinefunction(x) for x in (marked, native, Everything(), main, 3)])
    print(inspect.markcoroutinefunction(marked) is marked, asyncio.iscoroutinefunction(marked), inspect.iscoroutinefunction(marked))

    empty = asyncio.Future.__new__(asyncio.Future)
    for name, args in [("result", ()), ("exception", ()), ("set_result", (1,)), ("cancel", ()), ("add_done_callback", (print,))]:
        try:
            getattr(empty, name)(*args)
        except Exception as e:
            print(name, type(e).__name__, e)
    print(empty.done(), empty.cancelled())

    it = iter(loop.create_future())
    for args in [(list,), (ValueError("a"), ValueError("b")), (ValueError, None, None), (KeyError("k"),)]:
        try:
            it.throw(*args)
        except Exception as e:
            print(type(e).__name__, e)

    q = asyncio.Queue(maxsize=1.5)
    print(q.maxsize, q.full())
    q.put_nowait(1)
    print(q.full())
    q.put_nowait(2)
    print(q.full(), q)

    # The loop's own attribute is called in place of the method.
    loop.call_exception_handler = lambda context: print("handler", context["message"])

    async def fail():
        raise ValueError("lost")

    t = asyncio.create_task(fail())
    await asyncio.sleep(0)
    del t
    import gc
    gc.collect()


asyncio.run(main())
