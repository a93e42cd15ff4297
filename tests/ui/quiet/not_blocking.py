import asyncio
import functools
import time

# Modules of an installed library: nothing is said of those that are not there.
try:
    import queue
    import subprocess
    import threading
    from concurrent.futures import ThreadPoolExecutor
except ImportError:
    raise


def pause():
    time.sleep(0.1)


def read(path):
    with open(path) as f:
        return f.read()


def in_thread(function):
    @functools.wraps(function)
    async def wrapper(*args):
        return await asyncio.to_thread(function, *args)

    return wrapper


@in_thread
def decorated():
    time.sleep(1)


def lines(path):
    yield from read(path)


class Clock:
    def sleep(self, seconds):
        return seconds


class Reader:
    def read(self):
        return read("x")

    def replaced(self):
        time.sleep(1)


def open_door(open):
    open("door")


def start():
    asyncio.run(main())
    time.sleep(0.1)


async def main(time_source=Clock(), open=print):
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(time.sleep, 0.1)
    await asyncio.to_thread(pause)
    await asyncio.to_thread(lambda: time.sleep(0.1))
    await asyncio.to_thread(functools.partial(read, "x"))
    await loop.run_in_executor(None, pause)
    with ThreadPoolExecutor() as pool:
        await loop.run_in_executor(pool, read, "x")
        pool.submit(pause)
    threading.Thread(target=pause).start()
    await decorated()
    time.sleep(0)
    time_source.sleep(1)
    open("x")
    open_door(print)
    made = lines("x")
    reader = Reader()
    reader.replaced = print
    reader.replaced()
    work = reader.read
    await asyncio.to_thread(work)
    items = queue.Queue()
    items.put(1)
    items.get(timeout=0)
    items.get_nowait()
    process = subprocess.Popen(["true"])
    await asyncio.to_thread(process.wait)

    def later():
        time.sleep(1)

    loop.set_debug(False)
    return made, later


if __name__ == "__main__":
    start()
