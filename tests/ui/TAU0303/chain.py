import asyncio
import contextlib
import sys
import time
import time as clock
from functools import lru_cache, partial

# Modules of an installed library: nothing is said of those that are not there.
try:
    import os
    import socket
    import subprocess
    import urllib.request
    from pathlib import Path
except ImportError:
    raise

import chain_files
from chain_files import Store, read_all as read

log = open("log.txt")
sock = socket.socket()


def pause():
    clock.sleep(0.1)


def twice():
    pause()
    pause()


def forwards(n):
    return n and backwards(n - 1)


def backwards(n):
    time.sleep(1)
    return forwards(n)


@contextlib.contextmanager
def timed():
    yield
    time.sleep(0.1)


def lines():
    while True:
        yield sys.stdin.readline()


@lru_cache
def cached(url):
    return urllib.request.urlopen(url)


class Timer:
    def __enter__(self):
        return self

    def __exit__(self, *exc):
        subprocess.run(["true"])

    def __call__(self):
        os.system("true")


async def direct():
    time.sleep(1)
    input("? ")
    with open("x") as f:
        f.read()
    subprocess.check_output("true")
    Path("x").read_text()
    sock.accept()
    log.readline()
    [time.sleep(n) for n in range(2)]
    sum(time.sleep(n) or 1 for n in range(2))


async def through():
    twice()
    forwards(3)
    read("x")
    chain_files.read_all("x")
    store = Store("x")
    store.reload()
    print(store.text)
    cached("x")
    partial(pause)()
    nap = lambda: time.sleep(1)
    nap()
    asyncio.get_running_loop().call_soon(pause)


async def implicit():
    with timed():
        pass
    with Timer():
        pass
    for line in lines():
        print(line)
    Timer()()

    def inner():
        return [pause() for _ in range(2)]

    inner()


async def numbers():
    yield 1
    time.sleep(1)


class Handler:
    def __init__(self, store: Store):
        self.store = store

    async def handle(self):
        self.work()
        self.store.reload()

    def work(self):
        self.store.reload()


async def main():
    await direct()


asyncio.run(main())
