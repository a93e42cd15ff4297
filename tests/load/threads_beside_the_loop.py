"""Eight threads on the same lists, dicts, objects and queues, beside a loop that works with them: no operation is lost.

Argument: turns of each thread.
"""
import asyncio
import queue
import sys
import threading

TURNS = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
THREADS = 8


class Shared:
    def __init__(self):
        self.items = []
        self.table = {}
        self.names = set()
        self.last = None
        self.total = 0
        self.unsafe = 0
        self.lock = threading.Lock()
        self.queue = queue.Queue(maxsize=50)


class Thing:
    def __init__(self, owner, turn):
        self.owner, self.turn = owner, turn


def hammer(shared, me, loop, started):
    started.wait()
    for turn in range(TURNS):
        shared.items.append((me, turn))
        shared.table[me, turn] = turn
        shared.table["latest"] = me
        shared.names.add(f"{me}/{turn % 97}")
        shared.last = Thing(me, turn)
        setattr(shared, f"of_{me}", turn)
        setattr(shared, f"of_{me}_{turn % 7}", turn)
        thing = shared.last
        assert 0 <= thing.owner < THREADS and 0 <= thing.turn < TURNS
        with shared.lock:
            shared.total += 1
        shared.unsafe += 1
        if turn % 10 == 0:
            shared.queue.put((me, turn))
        if turn % 16 == 0:
            sorted(list(shared.items[-50:]))
            len([k for k in list(shared.table) if k == "latest"])
            shared.items.extend([])
        if turn % 25 == 0:
            loop.call_soon_threadsafe(counted, me)
        if turn % 400 == 0:
            future = asyncio.run_coroutine_threadsafe(answer(me, turn), loop)
            assert future.result(60) == me * turn
        if turn % 3 == 0:
            shared.table.pop((me, turn))
    return me


calls = [0] * THREADS
answers = [0] * THREADS


def counted(me):
    calls[me] += 1


async def answer(me, turn):
    await asyncio.sleep(0)
    answers[me] += 1
    return me * turn


async def beside(shared, done):
    """The loop looks at the same objects between two of its callbacks."""
    seen = 0
    while not done.is_set():
        seen = max(seen, len(shared.items))
        snapshot = dict(shared.table)
        assert all(isinstance(k, tuple) or k == "latest" for k in snapshot)
        vars(shared).copy()
        await asyncio.sleep(0.001)
    return seen


async def consume(shared):
    got = []
    while len(got) < THREADS * ((TURNS + 9) // 10):
        got.append(await asyncio.to_thread(shared.queue.get))
    return got


async def main():
    shared, started, done = Shared(), threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    watching = asyncio.create_task(beside(shared, done))
    consuming = asyncio.create_task(consume(shared))
    threads = [threading.Thread(target=hammer, args=(shared, n, loop, started)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    started.set()
    got = await consuming
    await asyncio.gather(*(asyncio.to_thread(thread.join) for thread in threads))
    done.set()
    await watching
    await asyncio.sleep(0)
    per_thread = [[turn for me, turn in shared.items if me == n] for n in range(THREADS)]
    print("items:", len(shared.items), all(turns == list(range(TURNS)) for turns in per_thread))
    left = THREADS * (TURNS - (TURNS + 2) // 3) + 1
    print("table:", len(shared.table) == left, sum(v for k, v in shared.table.items() if k != "latest"))
    print("names:", len(shared.names), "total:", shared.total, "attributes:", sum(1 for k in vars(shared) if k.startswith("of_")))
    print("last of each:", [getattr(shared, f"of_{n}") for n in range(THREADS)])
    print("unsafe counter is plausible:", 0 < shared.unsafe <= THREADS * TURNS)
    print("queue:", len(got), [sum(1 for me, _ in got if me == n) for n in range(THREADS)], shared.queue.empty())
    print("in order per thread:", all([t for me, t in got if me == n] == list(range(0, TURNS, 10)) for n in range(THREADS)))
    print("threadsafe calls:", calls, "answers:", answers)


asyncio.run(main())
