import asyncio

# Modules of an installed library: nothing is said of those that are not there.
try:
    import threading
except ImportError:
    raise

lock = asyncio.Lock()
limit = asyncio.Semaphore(2)
ready = asyncio.Condition()
guard = threading.Lock()


class Own:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        return None


async def quick():
    await asyncio.sleep(0)


async def unknown(delay, work):
    async with lock:
        await asyncio.sleep(0)
        await quick()
        await asyncio.sleep(delay)
        await work()
    async with limit:
        await asyncio.sleep(1)
    async with Own():
        await asyncio.sleep(1)


async def waits():
    async with ready:
        await ready.wait()
        await ready.wait_for(lambda: True)
        ready.notify_all()


async def gives_back():
    async with lock:
        lock.release()
        await asyncio.sleep(1)
        await lock.acquire()


async def threads():
    with guard:
        print("short")
    await asyncio.sleep(1)
    async with lock:

        async def later():
            await asyncio.sleep(1)

        tasks = [asyncio.create_task(later())]
    await asyncio.gather(*tasks)


asyncio.run(threads())
