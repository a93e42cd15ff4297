import asyncio


async def pass_on(source, target):
    try:
        item = await source.get()
        await target.put(item + 1)
    except asyncio.QueueShutDown:
        return await target.join()
