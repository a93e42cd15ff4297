from __future__ import annotations

import asyncio
from dataclasses import dataclass, field


@dataclass
class Config:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    queue: asyncio.Queue[int] | None = None


class Repo:
    def __init__(self, config: Config):
        self.config = config

    async def update(self):
        async with self.config.lock:
            await self.push()

    async def push(self):
        await self.config.queue.get()


async def use(writer: "asyncio.StreamWriter", lock: asyncio.Lock | None = None):
    async with lock:
        await writer.drain()


asyncio.run(use(None))
