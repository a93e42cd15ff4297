"""A periodic job that ends well: SIGTERM and Ctrl-C finish the round that runs, save and say goodbye.

    main.py [--every SECONDS] [--state FILE]
"""
import argparse
import asyncio
import json
import signal
from pathlib import Path


class Job:
    def __init__(self, every, state):
        self.every = every
        self.state = state
        self.rounds = json.loads(state.read_text())["rounds"] if state and state.exists() else 0
        self.stop = asyncio.Event()

    def asked_to_stop(self, number):
        print(f"{signal.Signals(number).name}: finishing", flush=True)
        self.stop.set()

    async def round(self):
        self.rounds += 1
        await asyncio.sleep(self.every / 10)  # The work.
        print("round", self.rounds, flush=True)

    async def run(self):
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.asked_to_stop, number)
        due = loop.time()
        while not self.stop.is_set():
            await self.round()
            # The next round is due a whole period after this one was, however long it took.
            due = max(due + self.every, loop.time())
            try:
                async with asyncio.timeout_at(due):
                    await self.stop.wait()
            except TimeoutError:
                pass
        self.save()

    def save(self):
        if self.state:
            self.state.write_text(json.dumps({"rounds": self.rounds}) + "\n")
        print("saved, goodbye", flush=True)


async def main():
    parser = argparse.ArgumentParser(description="Do something periodically until told to stop.")
    parser.add_argument("--every", type=float, default=0.2, help="seconds between rounds (default: %(default)s)")
    parser.add_argument("--state", type=Path, help="a file that remembers the number of rounds")
    args = parser.parse_args()
    await Job(args.every, args.state).run()


asyncio.run(main())
