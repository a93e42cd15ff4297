import asyncio


async def swallow(name):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError as e:
        print(name, "swallows", e.args)
    return name


async def plain():
    await asyncio.sleep(10)


def settled():
    future = asyncio.get_running_loop().create_future()
    future.set_result("settled")
    return future


async def cancelled(label, *children):
    gathering = asyncio.gather(*children, return_exceptions=True)
    await asyncio.sleep(0)
    print(label, gathering.cancel("why"))
    try:
        print(label, await gathering)
    except asyncio.CancelledError as e:
        print(label, "cancelled", e.args, gathering.cancelled())


async def main():
    # The last child decides the message, whichever finishes last.
    await cancelled("done last", plain(), settled())
    await cancelled("done first", settled(), plain())
    await cancelled("swallowing last", plain(), swallow("a"))
    await cancelled("swallowing first", swallow("b"), plain())
    await cancelled("future last", swallow("c"), asyncio.get_running_loop().create_future())
    await cancelled("shield last", plain(), asyncio.shield(asyncio.create_task(swallow("d"))))


asyncio.run(main())
