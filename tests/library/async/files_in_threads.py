"""Files in threads: the loop goes on while a thread waits in a read, an open or a write; threads that share a buffered
file lose and mix nothing."""
import asyncio
import os
import sys
import tempfile
import threading
from collections import Counter

LINES = 3000


async def waits(what, task, end):
    for _ in range(3):
        await asyncio.sleep(0.005)
    print(what, "waits:", not task.done())
    end()
    print(what, "->", await task)


async def blocking(folder):
    out, into = os.pipe()
    reader, writer = os.fdopen(out), os.fdopen(into, "w")
    line = asyncio.create_task(asyncio.to_thread(reader.readline))
    await waits("a line", line, lambda: print("hello", file=writer, flush=True))
    rest = asyncio.create_task(asyncio.to_thread(reader.read))
    await waits("the rest", rest, writer.close)
    reader.close()

    fifo = os.path.join(folder, "fifo")
    os.mkfifo(fifo)

    def write():
        with open(fifo, "wb") as f:
            return f.write(b"x" * 200_000)

    opening = asyncio.create_task(asyncio.to_thread(write))
    for _ in range(3):
        await asyncio.sleep(0.005)
    print("open waits:", not opening.done())
    f = await asyncio.to_thread(open, fifo, "rb")
    await asyncio.sleep(0.02)
    print("a write to a full pipe waits:", not opening.done())
    print(len(await asyncio.to_thread(f.read)), await opening)
    f.close()

    out, into = os.pipe()
    with os.fdopen(out) as sys.stdin:
        asking = asyncio.create_task(asyncio.to_thread(input))
        await waits("input", asking, lambda: os.write(into, b"an answer\n"))
    os.close(into)
    sys.stdin = sys.__stdin__


def threads(count, body):
    all_ = [threading.Thread(target=body, args=(n,)) for n in range(count)]
    for thread in all_:
        thread.start()
    for thread in all_:
        thread.join()


def shared(folder):
    path = os.path.join(folder, "lines")
    with open(path, "wb") as f:
        threads(6, lambda n: [f.write(b"%d" % n * (n * 20 + 5) + b"\n") for _ in range(LINES)])
    with open(path, "rb") as f:
        counts = Counter(f.read().split(b"\n"))
    print("written:", sorted((line[:1].decode(), len(line), count) for line, count in counts.items()))
    out, into = os.pipe()
    reader = os.fdopen(out, "rb", buffering=64)
    total = []

    def collect(n):
        while data := reader.read(1000):
            total.append(data)

    def send(n):
        for start in range(0, 60_000, 500):
            os.write(into, bytes([n]) * 500)

    senders = [threading.Thread(target=send, args=(n,)) for n in range(3)]
    collectors = [threading.Thread(target=collect, args=(n,)) for n in range(3)]
    for thread in senders + collectors:
        thread.start()
    for thread in senders:
        thread.join()
    os.close(into)
    for thread in collectors:
        thread.join()
    print("through a pipe:", sorted(Counter(b"".join(total)).items()))
    reader.close()


with tempfile.TemporaryDirectory() as folder:
    asyncio.run(blocking(folder))
    shared(folder)
