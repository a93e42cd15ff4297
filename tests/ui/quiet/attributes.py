import asyncio
import collections
import collections.abc
import importlib
import math
import sys
import time
import typing

try:
    from math import cbrtt
except ImportError:
    cbrtt = None

try:
    from time import clock
except ImportError:
    from time import perf_counter as clock

if sys.version_info >= (3, 14):
    from asyncio import future_add_to_awaited_by

if sys.platform == "win32":
    asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())

    def ticks():
        return time.windows_ticks()


def early():
    if sys.platform != "win32":
        return None
    return sys.getwindowsversion()


def own(math):
    return math.foo


def tried():
    try:
        return math.foo
    except AttributeError:
        return collections.Mapping if hasattr(collections, "Mapping") else None


def conditional():
    found = getattr(math, "special", None) or (math.special if found else None)
    return found if sys.version_info < (3, 0) else collections.abc.Mapping


class Math:
    nothing = 1


time.started = time.time()
print(time.started, clock, cbrtt, math.__name__, math.__nothing__, typing.Any, asyncio.tasks.Task, asyncio.exceptions.CancelledError)
print(importlib.util, importlib.machinery, asyncio.sleep.__name__, sys.stdout.nothing, Math.nothing, collections.OrderedDict.nothing)
math = Math()
print(math.nothing_at_all)
