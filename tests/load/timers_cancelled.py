"""Very many timers, half of them cancelled: the others run in order, what a cancelled one held is free at once, and
the memory of one round serves the next.

Arguments: timers, rounds.
"""
import asyncio
import gc
import random
import resource
import sys

TIMERS = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 3


def pages():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * resource.getpagesize() // 1024


class Held:
    alive = 0

    def __init__(self, when):
        self.when = when
        Held.alive += 1

    def __del__(self):
        Held.alive -= 1


async def callbacks(rng):
    loop = asyncio.get_running_loop()
    ran = []
    now = loop.time() + 0.05
    delays = [rng.randrange(1000) / 2000 for _ in range(TIMERS)]
    handles = [loop.call_at(now + delay, lambda held: ran.append(held.when), Held(delay)) for delay in delays]
    alive = Held.alive
    for handle in handles[::2]:
        handle.cancel()
    print("held:", alive, "after cancel:", Held.alive, "cancelled:", sum(h.cancelled() for h in handles))
    await asyncio.sleep(0.05 + 0.5 + 0.05)
    print("ran:", len(ran), "in order:", ran == sorted(ran), "held by handles:", Held.alive)
    del handles
    print("held:", Held.alive)


async def sleeper(delay, ended):
    try:
        await asyncio.sleep(delay)
        ended[0] += 1
    except asyncio.CancelledError:
        ended[1] += 1
        raise


async def sleeps():
    ended = [0, 0]
    tasks = [asyncio.create_task(sleeper(0.3 if n % 2 else 3600, ended)) for n in range(TIMERS)]
    await asyncio.sleep(0.01)
    for task in tasks[::2]:
        task.cancel()
    await asyncio.wait(tasks)
    print("slept:", ended, "cancelled:", sum(task.cancelled() for task in tasks))


async def timeouts():
    async def late(n):
        try:
            async with asyncio.timeout(0.01 if n % 2 else 3600):
                await asyncio.sleep(0.2)
            return "in time"
        except TimeoutError:
            return "late"

    results = await asyncio.gather(*(late(n) for n in range(TIMERS // 4)))
    print("timeouts:", results.count("late"), "in time:", results.count("in time"))


async def main():
    rng = random.Random(7)
    sizes = []
    for _ in range(ROUNDS):
        await callbacks(rng)
        await sleeps()
        await timeouts()
        gc.collect()
        sizes.append(pages())
    print("tasks left:", len(asyncio.all_tasks()) - 1, "grows:", sizes[-1] > sizes[0] * 1.25 + 4096)
    print("KiB after each round:", sizes, file=sys.stderr)


asyncio.run(main())
