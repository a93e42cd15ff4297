"""Where a suspended coroutine, generator or asynchronous generator is: lines of frames, stacks of tasks, their texts."""
import asyncio
import contextlib
import io
import types


def shown(text):
    return text.replace(__file__, "FILE")


async def leaf(event):
    await event.wait()


async def middle(event, how):
    if how == "direct":
        await leaf(event)
    elif how == "object":
        coro = leaf(event)
        await coro
    elif how == "with":
        async with asyncio.timeout(
            100,
        ):
            await asyncio.sleep(
                50
            )
    elif how == "for":
        async for _ in numbers(event):
            pass
    elif how == "try":
        try:
            raise ValueError
        except ValueError:
            await leaf(event)
    elif how == "finally":
        try:
            pass
        finally:
            await asyncio.gather(leaf(event), leaf(event))
    elif how == "comprehension":
        return [n async for n in numbers(event)]
    elif how == "turns":
        while not event.is_set():
            await asyncio.sleep(0)


async def numbers(event):
    yield 1
    await event.wait()
    yield 2


@types.coroutine
def old():
    x = yield 1
    yield x


@contextlib.asynccontextmanager
async def manager(event):
    await event.wait()
    yield


async def enters(event):
    async with manager(event):
        pass


def stack_of(task):
    text = io.StringIO()
    task.print_stack(file=text)
    return shown(text.getvalue())


async def main():
    event = asyncio.Event()
    ways = ["direct", "object", "with", "for", "try", "finally", "comprehension", "turns"]
    tasks = [asyncio.create_task(middle(event, how), name=how) for how in ways]
    tasks.append(asyncio.create_task(enters(event), name="enters"))
    print([task.get_coro().cr_frame.f_lineno for task in tasks])
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    for task in tasks:
        frames = task.get_stack()
        print(task.get_name(), [(f.f_code.co_name, f.f_lineno, f.f_back) for f in frames], task.get_coro().cr_frame.f_lineno)
        print(stack_of(task), end="")
    print(shown(repr(tasks[0])))
    print(shown(repr(tasks[7])))
    event.set()
    for task in tasks:
        if task.get_name() == "with":
            task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    print(tasks[0].get_stack(), tasks[0].get_coro().cr_frame)
    print(stack_of(tasks[0]).partition(" for ")[0])


def generator():
    x = 1
    while x < 3:
        got = yield x
        x += 1
    yield from inner()


def inner():
    yield "a"

    yield "b"


asyncio.run(main())
g = generator()
print(g.gi_frame.f_lineno)
for item in g:
    print(item, g.gi_frame.f_lineno)
print(g.gi_frame)
c = old()
lines = [c.gi_frame.f_lineno]
c.send(None)
lines.append(c.gi_frame.f_lineno)
c.send(2)
lines.append(c.gi_frame.f_lineno)
print(lines)


async def by_hand():
    await old()


h = by_hand()
h.send(None)
print(h.cr_frame.f_lineno)
h.send(None)
print(h.cr_frame.f_lineno)
h.close()
