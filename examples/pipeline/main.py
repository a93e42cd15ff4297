"""A producer, workers and a collector joined by queues, ended by cancellation."""
import asyncio


async def produce(queue, count):
    for number in range(count):
        await queue.put(number)


async def work(name, numbers, squares):
    try:
        while True:
            number = await numbers.get()
            await squares.put((number, number * number))
            numbers.task_done()
    except asyncio.CancelledError:
        print(name, "stopped")
        raise


async def main():
    numbers = asyncio.Queue(maxsize=4)
    squares = asyncio.Queue()
    async with asyncio.timeout(5):
        workers = [asyncio.create_task(work(f"worker {n}", numbers, squares)) for n in range(3)]
        await produce(numbers, 12)
        await numbers.join()
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    found = {}
    while not squares.empty():
        number, square = squares.get_nowait()
        found[number] = square
    print("sum of squares:", sum(found.values()))
    print("all there:", sorted(found) == list(range(12)))


asyncio.run(main())
