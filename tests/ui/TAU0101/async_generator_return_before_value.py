async def f():
    yield 1
    return (yield from 2)
