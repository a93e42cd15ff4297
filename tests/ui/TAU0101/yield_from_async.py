async def f():
    yield from []
