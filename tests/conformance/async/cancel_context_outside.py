import asyncio
async def child(f, how):
    try:
        if how == 0:
            await f
        elif how == 1:
            await asyncio.gather(f)
        elif how == 2:
            await asyncio.sleep(0)
        elif how == 3:
            await asyncio.sleep(0.0)
        elif how == 4:
            await inner(f)
        elif how == 5:
            await asyncio.wait([f])
    except BaseException as e:
        print(how, repr(e), repr(e.__context__))
async def inner(f):
    await f
async def main():
    loop = asyncio.get_running_loop()
    for how in range(6):
        f = loop.create_future()
        t = asyncio.create_task(child(f, how))
        await asyncio.sleep(0)
        f.set_result(1)
        if how not in (2, 3): await asyncio.sleep(0) if how == 5 else None
        t.cancel()
        try:
            1 / 0
        except ZeroDivisionError:
            await asyncio.sleep(0); await asyncio.sleep(0)
        await t
asyncio.run(main())
def run(how):
    loop = asyncio.new_event_loop()
    f = loop.create_future()
    t = loop.create_task(child(f, how))
    loop.call_soon(loop.stop); loop.run_forever()
    f.set_exception(ValueError("x"))
    t.cancel()
    try:
        1 / 0
    except ZeroDivisionError:
        loop.run_until_complete(t)
    loop.close()
for h in range(6): run(h)
