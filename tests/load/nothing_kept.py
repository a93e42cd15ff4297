"""The same load again and again in one process: tasks, failures, cancellations, generators, connections, threads and
children leave nothing behind.

Arguments: rounds, size of one.
"""
import asyncio
import gc
import os
import resource
import sys
import threading

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 12
SIZE = int(sys.argv[2]) if len(sys.argv) > 2 else 200


def pages():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * resource.getpagesize() // 1024


class Tracked:
    alive = 0

    def __init__(self):
        Tracked.alive += 1
        self.data = bytearray(100)

    def __del__(self):
        Tracked.alive -= 1


async def fails(n):
    held = Tracked()
    await asyncio.sleep(0)
    raise ValueError(n, held)


async def waits(event):
    held = Tracked()
    await event.wait()
    return held


async def failures():
    results = await asyncio.gather(*(fails(n) for n in range(SIZE)), return_exceptions=True)
    assert all(isinstance(r, ValueError) for r in results)
    for n in range(0, SIZE, 10):
        try:
            async with asyncio.TaskGroup() as group:
                for m in range(5):
                    group.create_task(fails(m))
        except* ValueError as caught:
            assert len(caught.exceptions) > 0
    try:
        await asyncio.gather(*(fails(n) for n in range(SIZE)))
    except ValueError:
        pass


async def cancellations():
    event = asyncio.Event()
    tasks = [asyncio.create_task(waits(event)) for _ in range(SIZE)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel("enough")
    event.set()
    await asyncio.wait(tasks)
    for n in range(SIZE // 10):
        try:
            await asyncio.wait_for(waits(asyncio.Event()), 0.0001)
        except TimeoutError:
            pass


async def numbers(held):
    for n in range(10):
        yield n, held
        await asyncio.sleep(0)


async def generators():
    for n in range(SIZE // 10):
        async for number, held in numbers(Tracked()):
            if number == n % 10:
                break
    ring = [Tracked()]
    ring.append(ring)


async def queues():
    queue = asyncio.Queue(5)

    async def produce():
        for _ in range(SIZE):
            await queue.put(Tracked())
        await queue.put(None)

    producing = asyncio.create_task(produce())
    while (await queue.get()) is not None:
        pass
    await producing


async def connections():
    async def handle(reader, writer):
        held = Tracked()
        while line := await reader.readline():
            writer.write(line)
            await writer.drain()
        writer.close()
        del held

    async def client(port, n):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"x" * n + b"\n")
        assert len(await reader.readline()) == n + 1
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        await asyncio.gather(*(client(port, n) for n in range(SIZE // 4)))


async def threads():
    def work(n):
        held = Tracked()
        if n % 5 == 0:
            raise KeyError(n, held)
        return held

    await asyncio.gather(*(asyncio.to_thread(work, n) for n in range(SIZE // 4)), return_exceptions=True)
    plain = [threading.Thread(target=Tracked) for _ in range(5)]
    for thread in plain:
        thread.start()
    for thread in plain:
        await asyncio.to_thread(thread.join)


async def children():
    child = await asyncio.create_subprocess_exec("cat", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    out, _ = await child.communicate(b"y" * 100_000)
    assert len(out) == 100_000


LOADS = [failures, cancellations, generators, queues, connections, threads, children]


async def main():
    sizes, descriptors, objects = [], [], []
    for number in range(ROUNDS):
        for load in LOADS:
            await load()
        await asyncio.sleep(0.01)
        gc.collect()
        sizes.append(pages())
        descriptors.append(len(os.listdir("/proc/self/fd")))
        objects.append(len(gc.get_objects()))
    print("alive:", Tracked.alive, "tasks:", len(asyncio.all_tasks()) - 1, "threads:", threading.active_count() > 1)
    print("descriptors grow:", descriptors[-1] > descriptors[1], "objects grow:", objects[-1] > objects[len(objects) // 2] + 50)
    half = sizes[len(sizes) // 2]
    print("memory grows:", sizes[-1] > half * 1.05 + 1024)
    print("KiB after each round:", sizes, "objects:", objects, file=sys.stderr)


asyncio.run(main())
