"""Fan out over many jobs with a limit, collect results and failures in order."""
import asyncio


class Fetcher:
    def __init__(self, limit):
        self.gate = asyncio.Semaphore(limit)
        self.running = 0
        self.most = 0

    async def fetch(self, number):
        async with self.gate:
            self.running += 1
            self.most = max(self.most, self.running)
            try:
                await asyncio.sleep(0.001 * (number % 3))
                if number % 5 == 4:
                    raise ValueError(f"job {number} failed")
                return number * number
            finally:
                self.running -= 1


async def main():
    fetcher = Fetcher(limit=3)
    jobs = [fetcher.fetch(number) for number in range(10)]
    results = await asyncio.gather(*jobs, return_exceptions=True)
    for number, result in enumerate(results):
        if isinstance(result, Exception):
            print(f"{number}: {type(result).__name__}: {result}")
        else:
            print(f"{number}: {result}")
    print("at once:", fetcher.most)


asyncio.run(main())
