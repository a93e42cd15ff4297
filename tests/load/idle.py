"""A process that waits: open connections, threads in `queue.get`, a child that sleeps, timers far away. It uses no
processor time to speak of.

Arguments: connections, seconds.
"""
import asyncio
import os
import queue
import resource
import sys
import threading
import time

CONNECTIONS = int(sys.argv[1]) if len(sys.argv) > 1 else 100
SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0


def used():
    r = resource.getrusage(resource.RUSAGE_SELF)
    return r.ru_utime + r.ru_stime, r.ru_nvcsw


async def handle(reader, writer):
    while line := await reader.readline():
        writer.write(line)
    writer.close()


async def measured(what):
    await asyncio.sleep(0.05)
    before, switches = used()
    await asyncio.sleep(SECONDS)
    after, more = used()
    # One wake-up for the timer, and what other processes of the machine cause.
    print(what, "uses less than 2 %:", after - before < SECONDS * 0.02, "wakes up rarely:", more - switches < 50 + SECONDS * 10)
    print(what, f"{after - before:.4f} s,", more - switches, "switches", file=sys.stderr)


async def main():
    await measured("nothing")
    server = await asyncio.start_server(handle, "127.0.0.1", 0, backlog=1000)
    port = server.sockets[0].getsockname()[1]
    streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CONNECTIONS)]
    for reader, writer in streams:
        writer.write(b"hello\n")
        await reader.readline()
    await measured("idle connections")
    jobs = queue.Queue()
    threads = [threading.Thread(target=jobs.get) for _ in range(8)]
    for thread in threads:
        thread.start()
    waiting = [asyncio.create_task(asyncio.to_thread(threading.Event().wait, SECONDS * 2)) for _ in range(4)]
    await measured("blocked threads")
    child = await asyncio.create_subprocess_exec("sleep", str(SECONDS * 30), stdout=asyncio.subprocess.PIPE)
    reading = asyncio.create_task(child.stdout.read())
    ending = asyncio.create_task(child.wait())
    await measured("a child")
    loop = asyncio.get_running_loop()
    timers = [loop.call_later(3600 + n, print) for n in range(1000)]
    forever = [asyncio.create_task(asyncio.Event().wait()) for _ in range(1000)]
    read, write = os.pipe()
    loop.add_reader(read, print)
    condition = asyncio.Condition()
    forever.append(asyncio.create_task(wait_for(condition)))
    await measured("far timers")
    child.kill()
    print("child:", await ending, await reading)
    for one in timers + forever:
        one.cancel()
    for _ in threads:
        jobs.put(None)
    for thread in threads:
        thread.join()
    await asyncio.gather(*waiting)
    for reader, writer in streams:
        writer.close()
    server.close()
    await server.wait_closed()
    loop.remove_reader(read)


async def wait_for(condition):
    async with condition:
        await condition.wait()


start = time.monotonic()
asyncio.run(main())
print("took", round((time.monotonic() - start) / SECONDS), "times the pause", file=sys.stderr)
