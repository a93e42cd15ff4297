import asyncio
import contextlib
import contextvars
import gc
import sys


class Shared:
    """What the tasks of a program meet in."""


s = Shared()
s.over = False
VAR = contextvars.ContextVar("VAR", default="unset")
HORIZON = 8.0


class Odd(Exception):
    """An exception of the program's own, with an attribute."""

    def __init__(self, text, code=0):
        super().__init__(text)
        self.code = code


class Base(BaseException):
    """Neither an Exception nor one that a loop lets through."""


class Turns:
    """Awaitable that costs so many turns of the loop."""

    def __init__(self, count, result=None):
        self.count = count
        self.result = result

    def __await__(self):
        for _ in range(self.count):
            yield
        return self.result


class Through:
    """Awaitable that waits for another one, as a generator."""

    def __init__(self, name, other):
        self.name = name
        self.other = other

    def __await__(self):
        try:
            return (yield from self.other.__await__())
        except BaseException as e:
            log(self.name, "through", exc(e))
            raise


class Manager:
    """Asynchronous context manager with awaits on both sides; may swallow."""

    def __init__(self, name, enter, leave, swallow=()):
        self.name = name
        self.enter = enter
        self.leave = leave
        self.swallow = swallow

    async def __aenter__(self):
        log(self.name, "enter")
        await self.take("enter")
        return self

    def take(self, which):
        """What was awaited is not kept: a traceback would keep it, and generators behind it, open."""
        return self.__dict__.pop(which)

    async def __aexit__(self, kind, e, tb):
        log(self.name, "leave", exc(e))
        await self.take("leave")
        log(self.name, "left")
        return kind is not None and issubclass(kind, self.swallow)


def now():
    try:
        return asyncio.get_running_loop().time() - s.start
    except RuntimeError:
        return "outside"


def log(who, what, *more):
    print(now(), who, what, *more)


def words(text):
    """Text without addresses and places."""
    return str(text).partition("<")[0].partition(" at ")[0]


def exc(e, depth=4):
    if e is None:
        return "no-exception"
    if depth == 0:
        return "..."
    text = type(e).__name__
    if isinstance(e, BaseExceptionGroup):
        text += "(" + words(e.message) + ": " + ", ".join([exc(one, depth - 1) for one in e.exceptions]) + ")"
    elif e.args:
        text += "(" + ", ".join([show(arg) for arg in e.args]) + ")"
    if e.__cause__ is not None:
        text += " from [" + exc(e.__cause__, depth - 1) + "]"
    if e.__context__ is not None and e.__context__ is not e.__cause__:
        text += (" instead of [" if e.__suppress_context__ else " during [") + exc(e.__context__, depth - 1) + "]"
    return text


def show(value):
    if isinstance(value, BaseException):
        return exc(value)
    if isinstance(value, asyncio.Task):
        return "task " + value.get_name()
    if isinstance(value, asyncio.Future):
        return "future " + state(value)
    if isinstance(value, (set, frozenset)):
        return "{" + ", ".join(sorted([show(one) for one in value])) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join([show(one) for one in value]) + "]"
    if value is None or isinstance(value, (bool, int, float)):
        return repr(value)
    if isinstance(value, str):
        return repr(words(value))
    return type(value).__name__


def state(future):
    """Does not ask for the exception when nobody else did: that would silence the loop's report."""
    if not future.done():
        text = "pending"
    elif future.cancelled():
        text = "cancelled"
    elif future.exception() is not None:
        text = "failed " + exc(future.exception())
    else:
        text = "done " + show(future.result())
    if isinstance(future, asyncio.Task):
        text += f" x{future.cancelling()}"
    return text


def cancelling():
    return asyncio.current_task().cancelling()


def register(name, task):
    while name in s.tasks:
        name += "'"
    s.tasks[name] = task
    return task


def spawn(function, name, context=None):
    while name in s.tasks:
        name += "'"
    task = asyncio.create_task(function(name), name=name, context=context)
    return register(name, task)


def peer(name):
    """The task of that name, or a future that is done."""
    task = s.tasks.get(name)
    if task is None:
        task = asyncio.get_running_loop().create_future()
        task.set_result("nobody")
    return task


def awaited(n, number):
    """The task of that number if the one that asks comes after it, or else a future that is done."""
    root = n.partition(".")[0]
    own = int(root[1:]) if root[0] == "t" and root[1:].isdigit() else 99
    return peer(f"t{number}" if number < own else "none")


def later(delay, value):
    """A future that gets its result from a timer."""
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(delay, settle, future, value)
    return future


def settle(future, value):
    if future.done():
        return
    if value == "cancel":
        future.cancel("by timer")
    elif isinstance(value, BaseException):
        future.set_exception(value)
    else:
        future.set_result(value)


def attempt(who, what, function, *args, **kwargs):
    try:
        result = function(*args, **kwargs)
    except Exception as e:
        log(who, what, "raised", exc(e))
        return None
    log(who, what, show(result))
    return result


async def ticker(name, turns):
    for turn in range(turns):
        log(name, "tick", turn)
        await asyncio.sleep(0)


async def all_of(name):
    """Waits for every task there is, however it ends."""
    current = asyncio.current_task()
    while True:
        waiting = [task for task in s.tasks.values() if not task.done() and task is not current]
        if not waiting:
            return
        log(name, "gathers", len(waiting))
        await asyncio.gather(*waiting, return_exceptions=True)


def handler(loop, context):
    """Exceptions that nobody retrieved are reported when the last reference to a future goes. In CPython that is its
    exception's traceback as often as not, and then the collector's time, which is off."""
    if s.over or "never retrieved" in context["message"]:
        return
    # In debug mode CPython says where a handle or future was made; compiled programs do not yet.
    keys = sorted([key for key in context if key != "source_traceback"])
    log("loop", "handler", words(context["message"]), exc(context.get("exception")), keys)


def expire(loop, main, round):
    """Nothing waits for ever: whatever is left is cancelled, in the order of creation."""
    if main.done() or round > 60:
        return
    loop.call_later(HORIZON, expire, loop, main, round + 1)
    log("loop", "horizon", round)
    for task in [*s.tasks.values()]:
        if not task.done():
            task.cancel(f"horizon {round}")
    if round > 2:
        main.cancel("horizon")


async def top(main, eager, debug):
    loop = asyncio.get_running_loop()
    s.start = loop.time()
    s.tasks = {}
    s.loop = loop
    loop.set_exception_handler(handler)
    if debug:
        loop.set_debug(True)
    if eager:
        loop.set_task_factory(asyncio.eager_task_factory)
    loop.call_later(HORIZON, expire, loop, asyncio.current_task(), 0)
    try:
        log("main", "returned", show(await main("main")))
    except BaseException as e:
        log("main", "raised", exc(e), cancelling())
        if isinstance(e, (KeyboardInterrupt, SystemExit)):
            raise
    for name, task in [*s.tasks.items()]:
        if task.done():
            log(name, "is", state(task))
        else:
            log(name, "is", "pending", task.cancelling())


def start(program):
    """`program` is a coroutine function and the modes it runs in."""
    main, eager, debug = program
    gc.disable()
    try:
        asyncio.run(top(main, eager, debug))
    except BaseException as e:
        log("run", "raised", exc(e))
    for name, task in [*s.tasks.items()]:
        log(name, "ends", state(task))
    for name in ["f0", "f1", "f2", "tasks"]:
        log("last", name)
        if hasattr(s, name):
            delattr(s, name)
    s.over = True
