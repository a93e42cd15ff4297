"""Two greetings at once: the shortest asyncio program with something to see."""
import asyncio


async def greet(name, delay):
    await asyncio.sleep(delay)
    print(f"Hello, {name}!")
    return len(name)


async def main():
    lengths = await asyncio.gather(greet("world", 0.02), greet("asyncio", 0.01))
    print("letters:", sum(lengths))


asyncio.run(main())
