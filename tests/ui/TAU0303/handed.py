import asyncio
import time


def pause(seconds):
    time.sleep(seconds)


def apply(function, *args):
    return function(*args)


def choose():
    return pause


class Job:
    def __init__(self, action):
        self.action = action

    def run(self):
        self.action(1)


async def main():
    apply(pause, 1)
    choose()(1)
    Job(time.sleep).run()


asyncio.run(main())
