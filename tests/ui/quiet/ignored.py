import asyncio
import time
from ignored_sleeper import nap


async def save():
    time.sleep(1)  # tauraro: ignore[TAU0303]
    time.sleep(
        1
    )  # tauraro: ignore[TAU0303]
    nap()


async def main():
    save()  # noqa  # tauraro: ignore[TAU0301, TAU0302]
    asyncio.create_task(save())  # tauraro:ignore[TAU0302]
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError:  # tauraro: ignore[TAU0304] the last one ends here
        pass
    lock = asyncio.Lock()
    async with lock:  # tauraro: ignore[TAU0305]
        await asyncio.sleep(1)
    # tauraro: ignored words are no comment of ours
    print(eval, "# tauraro: ignore[NOTHING]")
    print(eval("1 + 1"))  # tauraro: ignore[TAU0204]


asyncio.run(main())
