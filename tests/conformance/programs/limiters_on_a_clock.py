"""Token bucket and sliding window on a fake clock, as async context managers."""
import asyncio
import collections
import contextlib
import time
from typing import Protocol, runtime_checkable


class Clock:
    """Advances only when somebody sleeps."""

    def __init__(self):
        self.now = 0.0

    async def sleep(self, seconds):
        self.now += seconds
        await asyncio.sleep(0)


@runtime_checkable
class Limiter(Protocol):
    async def acquire(self, amount: int = 1) -> float: ...


class TokenBucket:
    def __init__(self, clock, rate, capacity):
        self.clock, self.rate, self.capacity = clock, rate, capacity
        self.tokens, self.updated = capacity, clock.now
        self.lock = asyncio.Lock()

    async def acquire(self, amount=1):
        if amount > self.capacity:
            raise ValueError(f"{amount} > {self.capacity}")
        async with self.lock:
            self.tokens = min(self.capacity, self.tokens + (self.clock.now - self.updated) * self.rate)
            self.updated = self.clock.now
            waited = 0.0
            if self.tokens < amount:
                waited = (amount - self.tokens) / self.rate
                await self.clock.sleep(waited)
                self.tokens = amount
                self.updated = self.clock.now
            self.tokens -= amount
            return waited

    async def __aenter__(self):
        return await self.acquire()

    async def __aexit__(self, *exc_info):
        return None


class SlidingWindow:
    def __init__(self, clock, limit, window):
        self.clock, self.limit, self.window = clock, limit, window
        self.stamps = collections.deque(maxlen=limit)

    async def acquire(self, amount=1):
        waited = 0.0
        for _ in range(amount):
            if len(self.stamps) == self.limit:
                pause = self.stamps[0] + self.window - self.clock.now
                if pause > 0:
                    waited += pause
                    await self.clock.sleep(pause)
            self.stamps.append(self.clock.now)
        return waited


@contextlib.asynccontextmanager
async def measured(clock, name):
    start = clock.now
    try:
        yield lambda: clock.now - start
    except ValueError as error:
        print(f"{name}: {error}")
    finally:
        print(f"{name}: {clock.now - start:.2f} s")


async def client(name, limiter, clock, count):
    for index in range(count):
        waited = await limiter.acquire()
        print(f"{name}{index} at {clock.now:.2f} after {waited:.2f}")


async def main():
    clock = Clock()
    bucket = TokenBucket(clock, rate=4, capacity=3)
    async with measured(clock, "bucket") as spent:
        await asyncio.gather(client("a", bucket, clock, 4), client("b", bucket, clock, 4))
        print(f"{spent():.2f}")
        async with bucket as waited:
            print("with", waited)
        await bucket.acquire(9)
    window = SlidingWindow(clock, 2, 1.0)
    async with measured(clock, "window"):
        await client("w", window, clock, 5)
    print(isinstance(bucket, Limiter), isinstance(window, Limiter), isinstance(clock, Limiter))
    began = time.monotonic()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.02):
            await asyncio.Event().wait()
    print(time.monotonic() - began >= 0.02)


asyncio.run(main())
