# Methods that need not wait when they are awaited: what can be seen of them is the same as when they do.
import asyncio
import sys
import traceback


class Loud(asyncio.Queue):
    def _put(self, item):
        print("_put", item)
        super()._put(item)

    async def get(self):
        print("get of the subclass")
        return await super().get()


async def order():
    queue = asyncio.Queue(2)
    seen = []

    async def other():
        seen.append("other")

    task = asyncio.create_task(other())
    await queue.put(1)
    await queue.put(2)
    seen.append(await queue.get())
    seen.append(await queue.get())
    await queue.join() if queue.empty() and not queue._unfinished_tasks else None
    seen.append("before other")
    await task
    print(seen, queue.qsize())


async def errors():
    queue = asyncio.Queue()
    queue.shutdown()
    for name in ("put", "get"):
        try:
            if name == "put":
                await queue.put(1)
            else:
                await queue.get()
        except asyncio.QueueShutDown as error:
            print(name, type(error).__name__, error.args, error.__context__)
    try:
        await queue.get(1)
    except TypeError as error:
        print(error)
    try:
        await queue.put()
    except TypeError as error:
        print(error)
    try:
        await queue.put(2, last=True)
    except TypeError as error:
        print(error)
    try:
        await queue.qsize()
    except TypeError as error:
        print(error)


async def replaced():
    queue = asyncio.Queue()

    async def put(item):
        print("replaced put", item)

    queue.put = put
    await queue.put(3)
    print(queue.qsize())
    loud = Loud()
    await loud.put(4)
    print(await loud.get())


async def primitives():
    lock = asyncio.Lock()
    print(await lock.acquire(), lock.locked())
    waiting = asyncio.create_task(lock.acquire())
    await asyncio.sleep(0)
    lock.release()
    second = asyncio.create_task(lock.acquire())
    print(await waiting, lock.locked(), second.done())
    lock.release()
    print(await second)
    event = asyncio.Event()
    event.set()
    print(await event.wait())
    semaphore = asyncio.Semaphore(1)
    print(await semaphore.acquire(), semaphore.locked())
    bounded = asyncio.BoundedSemaphore(1)
    print(await bounded.acquire(), bounded.locked())
    bounded.release()
    try:
        bounded.release()
    except ValueError as error:
        print(error)


async def pending_cancel():
    queue = asyncio.Queue()
    queue.put_nowait(5)

    async def worker():
        asyncio.current_task().cancel()
        # A get that need not wait is not where a cancellation arrives.
        print("got", await queue.get())
        await asyncio.sleep(0)
        print("never")

    task = asyncio.create_task(worker())
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled", task.cancelled())


async def deep(queue, n):
    if n:
        return await deep(queue, n - 1)
    await queue.put(n)
    return sys.exc_info()


async def main():
    await order()
    await errors()
    await replaced()
    await primitives()
    await pending_cancel()
    print(await deep(asyncio.Queue(), 50))
    queue = asyncio.PriorityQueue()
    await queue.put(2)
    try:
        await queue.put("text")
    except TypeError as error:
        print(error)
        print(traceback.extract_tb(error.__traceback__)[0].line)


asyncio.run(main())
