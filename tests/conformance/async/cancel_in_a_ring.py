import asyncio
import sys


async def wait_for_other(get):
    await get()


async def main():
    # Two tasks that wait for each other: to cancel one of them never comes to an end.
    tasks = []
    tasks.append(asyncio.create_task(wait_for_other(lambda: tasks[1])))
    tasks.append(asyncio.create_task(wait_for_other(lambda: tasks[0])))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    try:
        tasks[0].cancel("ring")
    except RecursionError as e:
        print(e)
    print(tasks[0].cancelling() > 1000, tasks[0].done(), tasks[1].done())

    async def gathers_itself():
        inner = asyncio.gather(asyncio.sleep(0), asyncio.current_task())
        try:
            await inner
        except asyncio.CancelledError as e:
            print("cancelled", e.args)

    task = asyncio.create_task(gathers_itself())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    try:
        task.cancel("self")
    except RecursionError as e:
        print(str(e)[:32])
    sys.stdout.flush()
    # Nothing else ends them.
    raise SystemExit(3)


try:
    asyncio.run(main())
except RecursionError as e:
    print("run:", str(e)[:32])
