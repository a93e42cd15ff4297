import asyncio
from contextlib import contextmanager, asynccontextmanager

@contextmanager
def sync():
    if False:
        yield
    return 5

@asynccontextmanager
async def asyn():
    if False:
        yield

def show(e):
    print(repr(e), repr(e.__cause__), repr(e.__context__), e.__suppress_context__, repr(e.__context__ and e.__context__.__context__))

try:
    with sync():
        print("never")
except RuntimeError as e:
    show(e)
try:
    try:
        1 / 0
    except ZeroDivisionError:
        with sync():
            pass
except RuntimeError as e:
    show(e)


async def main():
    try:
        async with asyn():
            print("never")
    except RuntimeError as e:
        show(e)
    try:
        try:
            1 / 0
        except ZeroDivisionError:
            async with asyn():
                pass
    except RuntimeError as e:
        show(e)


asyncio.run(main())
