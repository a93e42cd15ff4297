# Futures of both kinds, from thread to loop and back; nothing here imports concurrent.futures.
import asyncio
import pickle


async def add(a, b, fail=False):
    await asyncio.sleep(0.01)
    if fail:
        raise ValueError("failed")
    return a + b


def wait(loop, cancel=False, timeout=None, fail=False):
    future = asyncio.run_coroutine_threadsafe(add(1, 2, fail), loop)
    if cancel:
        future.cancel()
    try:
        return future.result(timeout)
    finally:
        print("done", future.done() or future.cancel())


async def main():
    loop = asyncio.get_running_loop()
    for kw in ({}, {"cancel": True}, {"timeout": 0}, {"fail": True}):
        try:
            print(await loop.run_in_executor(None, lambda: wait(loop, **kw)))
        except (asyncio.CancelledError, TimeoutError, ValueError) as e:
            print(type(e).__module__, type(e).__name__, e)
    try:
        asyncio.run_coroutine_threadsafe(17, loop)
    except TypeError as e:
        print(e)
    for e in (asyncio.IncompleteReadError(b"abc", 10), asyncio.IncompleteReadError(b"", None), asyncio.LimitOverrunError("long", 5)):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            other = pickle.loads(pickle.dumps(e, protocol=protocol))
            print(protocol, type(other) is type(e), str(other) == str(e), [getattr(other, n, "-") == getattr(e, n, "-") for n in ("partial", "expected", "consumed")])


asyncio.run(main())
