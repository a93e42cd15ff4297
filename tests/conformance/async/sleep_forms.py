"""Every way into and out of `asyncio.sleep`: results, odd delays, cancellation, timers of equal time, replacement."""
import asyncio


class Delay:
    """A number of another kind."""

    def __init__(self, seconds):
        self.seconds = seconds

    def __le__(self, other):
        return self.seconds <= other

    def __eq__(self, other):
        return self.seconds == other

    def __radd__(self, other):
        return other + self.seconds

    def __float__(self):
        return float(self.seconds)

    def __repr__(self):
        return f"Delay({self.seconds})"


async def attempt(delay):
    try:
        return await asyncio.sleep(delay, "slept")
    except BaseException as e:
        return f"{type(e).__name__}: {e}"


async def worker(name, delay, log):
    try:
        log.append(await asyncio.sleep(delay, name))
    except asyncio.CancelledError as e:
        log.append(f"{name} cancelled {e}")
        raise


async def main():
    for delay in (0, -1, -0.0, True, False, 0.001, float("nan"), "x", None, Delay(0), Delay(0.001)):
        print(repr(delay), await attempt(delay))
    log = []
    tasks = [asyncio.create_task(worker(f"w{i}", 0.01 * (i % 3), log)) for i in range(9)]
    await asyncio.sleep(0)
    tasks[4].cancel("enough")
    tasks[0].cancel()
    print(await asyncio.gather(*tasks, return_exceptions=True))
    print(log)

    # More than a hundred timers, most of them cancelled: the heap is rebuilt.
    log = []
    tasks = [asyncio.create_task(worker(i, 0.02, log)) for i in range(150)]
    await asyncio.sleep(0)
    for task in tasks[:120]:
        task.cancel()
    await asyncio.wait(tasks)
    print(len(log), log[-30:] == list(range(120, 150)))

    # A sleeping task waits for a future that others may finish.
    task = asyncio.create_task(asyncio.sleep(30, "early"))
    await asyncio.sleep(0)
    task._fut_waiter.set_result("from outside")
    print(await task)

    real = asyncio.sleep

    async def fake(delay, result=None):
        await real(0)
        return f"fake {delay}"

    asyncio.sleep = fake
    print(await asyncio.sleep(5))
    asyncio.sleep = real
    coro = asyncio.sleep(0, 7)
    print(type(coro).__name__, coro.__name__, await coro)


asyncio.run(main())
