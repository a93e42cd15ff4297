import asyncio

async def greet(name, delay=0.01):
    await asyncio.sleep(delay)
    print(f"Hello, {name}!")
    return len(name)

async def main():
    n = await greet("world")
    print(f"{n} letters")

asyncio.run(main())
