import asyncio


class Twice:
    """Yields a future's wait twice to whoever drives it."""

    def __init__(self, future):
        self.future = future

    def __await__(self):
        waiting = self.future.__await__()
        first = next(waiting)
        print("first", first is self.future, self.future._asyncio_future_blocking)
        try:
            next(waiting)
        except RuntimeError as e:
            print("second", e)
        return 5
        yield


async def waits_for_itself():
    try:
        await asyncio.current_task()
    except RuntimeError as e:
        print(str(e)[:27])
    await asyncio.sleep(0)
    return "done"


async def main():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    print(await Twice(future))
    # Nobody took note of that wait: the next one is refused.
    try:
        await future
    except RuntimeError as e:
        print("await", e)
    future.set_result(1)
    print(await future)

    # A task that waits for itself: the refusal reaches it in its next turn, until then nobody can wait for it.
    task = asyncio.eager_task_factory(loop, waits_for_itself())
    try:
        await task
    except RuntimeError as e:
        print("await task", e)
    await asyncio.sleep(0)
    print(task.done())
    try:
        print(await asyncio.wait_for(task, 1))
    except RuntimeError as e:
        print("wait_for", e)
    await asyncio.wait([task])
    print(task.result())

    future = loop.create_future()
    coroutine = asyncio.wait_for(future, None)
    print(coroutine.send(None) is future, future._asyncio_future_blocking)
    try:
        coroutine.send(None)
    except RuntimeError as e:
        print("send", e)


asyncio.run(main())
