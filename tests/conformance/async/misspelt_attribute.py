"""What asyncio lacks is told like an attribute that any module lacks, with the name that was meant."""
import asyncio

for name in ["slep", "taskgroup", "Quue"]:
    try:
        getattr(asyncio, name)
    except AttributeError as e:
        print(e, e.name, e.obj is asyncio)


async def main():
    print("main")
    await asyncio.slep(0)  # tauraro: ignore[TAU0206]


asyncio.run(main())
