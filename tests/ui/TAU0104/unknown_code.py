import asyncio
import time


async def main():
    time.sleep(1)  # tauraro: ignore[TAU0303, TAU0399]
    time.sleep(1)  # tauraro: ignore
    time.sleep(1)  # tauraro: ignore[]


asyncio.run(main())
