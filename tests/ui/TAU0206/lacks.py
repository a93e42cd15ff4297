import asyncio
import math
import sys
import time as clock
from asyncio import nosuch
from math import sqrrt as root, pi


def wait():
    clock.slp(1)
    return math.foo_bar


class Task(asyncio.Taks):
    limit = math.inff


async def main():
    await asyncio.slep(1)
    sys.exitt(pi, root, nosuch, [asyncio.gahter for _ in range(1)], lambda: clock.tiem())
    if sys.platform == "linux":
        print(math.other)
    asyncio.timeouts.tmeout
    sys.set_coroutine_origin_tracking_depth(1)


asyncio.run(main())
