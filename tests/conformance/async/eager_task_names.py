import asyncio


async def work():
    await asyncio.sleep(0)
    return asyncio.current_task().get_name()


async def main():
    loop = asyncio.get_running_loop()
    print(await asyncio.create_task(work(), name="named before"))
    for factory in (asyncio.eager_task_factory, lambda loop, coro, **kwargs: asyncio.Task(coro, loop=loop, **kwargs)):
        loop.set_task_factory(factory)
        # A factory is not told the name: it is set on what it returns, even when there is none.
        print(asyncio.create_task(work()).get_name(), loop.create_task(work()).get_name())
        print(await asyncio.create_task(work()), await asyncio.create_task(work(), name="own"))
        print(await asyncio.gather(work(), work()))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work()), group.create_task(work(), name="in group")]
        print([task.result() for task in tasks])


asyncio.run(main())
