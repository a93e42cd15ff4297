import asyncio
import sys
from contextlib import suppress


async def again():
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError:
        print("cleaning up")
        raise


async def sometimes():
    me = asyncio.current_task()
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError:
        if me.cancelling():
            raise


async def other_exception():
    try:
        await asyncio.sleep(1)
    except BaseException as error:
        raise RuntimeError("stopped") from error


async def first_handler():
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError:
        raise
    except BaseException:
        print("not this")


async def no_cancellation():
    try:
        await asyncio.sleep(1)
    except Exception:
        print("an error")
    try:
        await asyncio.sleep(1)
    except (OSError, asyncio.TimeoutError):
        print("late")


async def idiom(task):
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        pass
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def many(tasks):
    for task in tasks:
        task.cancel()
    try:
        await asyncio.gather(*tasks)
    except asyncio.CancelledError:
        pass
    for task in tasks:
        try:
            await asyncio.wait_for(task, 1)
        except (asyncio.CancelledError, TimeoutError):
            pass


async def stop_task(task):
    task.cancel()
    await task


async def helper(task):
    try:
        await stop_task(task)
    except asyncio.CancelledError:
        pass


class Service:
    async def run(self):
        self.server = await asyncio.start_server(print, "localhost", 0)
        try:
            await self.server.serve_forever()
        except asyncio.CancelledError:
            print("the server was closed")

    async def stop(self):
        self.task.cancel()
        try:
            async with asyncio.timeout(1):
                await self.task
        except (asyncio.CancelledError, TimeoutError):
            pass


async def handed_on(future, results):
    try:
        await asyncio.sleep(1)
    except BaseException as error:
        future.set_exception(error)
    try:
        await asyncio.sleep(1)
    except BaseException as error:
        results.append((1, error))
    try:
        await asyncio.sleep(1)
    except BaseException as error:
        return error


async def noted():
    stopped = False
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError:
        stopped = True
    print("cleaning up")
    if stopped:
        raise asyncio.CancelledError


async def ends():
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError:
        sys.exit(1)


async def child():
    task = asyncio.create_task(again())
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError:
        task.cancel()
        await task


async def nothing_awaited():
    try:
        print(1)
    except BaseException:
        print(2)

    def inner():
        try:
            print(3)
        except:
            print(4)

    inner()
    try:

        async def later():
            await asyncio.sleep(1)

    except:
        pass
    return later


asyncio.run(again())
