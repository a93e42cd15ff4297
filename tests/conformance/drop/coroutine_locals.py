class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


import asyncio


async def work(name):
    d = D(name)
    await asyncio.sleep(0)
    return d.n


async def main():
    print(await work("w1"))
    print("after w1")
    t = asyncio.create_task(work("w2"))
    await asyncio.sleep(0)
    t.cancel()
    try:
        await t
    except asyncio.CancelledError:
        print("cancelled")
    t = None
    print("end")


asyncio.run(main())
