"""Signals that arrive before the loop has ever waited, and while it runs callbacks."""
import asyncio
import os
import signal


async def main():
    loop = asyncio.get_running_loop()
    got = asyncio.Event()
    seen = []

    def on(name):
        seen.append(name)
        got.set()

    loop.add_signal_handler(signal.SIGUSR1, on, "one")
    loop.add_signal_handler(signal.SIGUSR2, on, "two")
    os.kill(os.getpid(), signal.SIGUSR1)
    await asyncio.wait_for(got.wait(), 5)
    got.clear()
    loop.call_soon(os.kill, os.getpid(), signal.SIGUSR2)
    await asyncio.wait_for(got.wait(), 5)
    print(seen)
    print(loop.remove_signal_handler(signal.SIGUSR1), loop.remove_signal_handler(signal.SIGUSR2))


asyncio.run(main())
