"""Signals that come while tasks run: what a process that does not expect them does, and one that does.

Argument: tasks that are at work in each process.
"""
import asyncio
import os
import signal
import sys
import threading
import time

TASKS = int(sys.argv[1]) if len(sys.argv) > 1 else 50


async def work(log):
    try:
        while True:
            await asyncio.sleep(0.001)
    except asyncio.CancelledError:
        log.append("cancelled")
        raise


async def by_default():
    """Nobody handles it: the process dies of it, and no `finally` runs."""
    log = []
    async with asyncio.TaskGroup() as group:
        for _ in range(TASKS):
            group.create_task(work(log))
        try:
            ready()
            await asyncio.sleep(30)
        finally:
            print("finally")


async def gracefully():
    """The loop handles it: tasks are cancelled, the program ends as it likes."""
    stop, log = asyncio.Event(), []
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    tasks = [asyncio.create_task(work(log)) for _ in range(TASKS)]
    await asyncio.sleep(0)
    ready()
    await stop.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    print("stopped", len(log), asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM))
    sys.exit(5)


async def in_the_main_thread():
    """A Python handler runs in the main thread, between two callbacks, while other threads work."""
    told = []

    def handler(number, frame):
        told.append((signal.Signals(number).name, threading.current_thread() is threading.main_thread()))

    signal.signal(signal.SIGTERM, handler)
    busy = [asyncio.to_thread(spin, told) for _ in range(3)]
    log = []
    tasks = [asyncio.create_task(work(log)) for _ in range(TASKS)]
    ready()
    results = await asyncio.gather(*busy)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    print(told, results, len(log))


def spin(told):
    end = time.monotonic() + 20
    while not told and time.monotonic() < end:
        sum(range(100))
    return "saw it" if told else "in vain"


async def that_raises():
    """The handler raises: the exception comes out of the loop, the tasks are cancelled on the way."""
    def handler(number, frame):
        raise SystemExit(f"ended by {signal.Signals(number).name}")

    signal.signal(signal.SIGTERM, handler)
    log = []
    tasks = [asyncio.create_task(work(log)) for _ in range(TASKS)]
    await asyncio.sleep(0)
    ready()
    try:
        await asyncio.sleep(30)
    finally:
        print("finally", len(tasks))


async def interrupted_beside_a_thread():
    """Ctrl-C while a thread sleeps: the main task is cancelled, the end waits for the thread."""
    log = []
    tasks = [asyncio.create_task(work(log)) for _ in range(TASKS)]
    started = threading.Event()

    def sleep():
        started.set()
        time.sleep(0.4)
        log.append("slept")

    try:
        sleeping = asyncio.ensure_future(asyncio.to_thread(sleep))
        while not started.is_set():
            await asyncio.sleep(0.001)
        ready()
        await sleeping
    except asyncio.CancelledError:
        print("cancelled", log, len(tasks))
        raise
    finally:
        at_the_end.append(log)


async def interrupted_twice_at_once():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        ready()
        await asyncio.sleep(30)
    except asyncio.CancelledError:
        print("cancelled; SIGTERM is ignored:", signal.getsignal(signal.SIGTERM) is signal.SIG_IGN)
        return "swallowed"


at_the_end = []
SCENES = [
    (by_default, [signal.SIGTERM]),
    (gracefully, [signal.SIGTERM]),
    (in_the_main_thread, [signal.SIGTERM]),
    (that_raises, [signal.SIGTERM]),
    (interrupted_beside_a_thread, [signal.SIGINT]),
    (interrupted_twice_at_once, [signal.SIGTERM, signal.SIGINT]),
]
telling = -1


def ready():
    os.write(telling, b"!")


def play(scene):
    try:
        print("returned", asyncio.run(scene()))
    except KeyboardInterrupt:
        print("KeyboardInterrupt", [log.count("slept") for log in at_the_end], [log.count("cancelled") for log in at_the_end])
        raise
    finally:
        sys.stdout.flush()


def main():
    global telling
    for scene, signals in SCENES:
        (out, into), (heard, telling) = os.pipe(), os.pipe()
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            os.close(out)
            os.dup2(into, 1)
            os.dup2(into, 2)
            play(scene)
            return
        os.close(into)
        os.close(telling)
        os.read(heard, 1)
        time.sleep(0.05)
        for number in signals:
            os.kill(child, number)
        with open(out) as f:
            said = f.read().splitlines()
        os.close(heard)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        # Whether the signal meets a task or the loop between two of them decides who reports it.
        reports = ("  ", "Traceback", "During", "The above", "Task exception", "future:", "SystemExit:")
        print(scene.__name__, status, sorted(line for line in said if not line.startswith(reports)))


main()
