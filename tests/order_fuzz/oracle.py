"""Runs the programs of generated files under CPython and writes what each prints.

    python oracle.py FILE...

For each program of each file, on stdout: a line `FILE-NUMBER KEY STATUS LENGTH`, then so many bytes. Every program
runs in a forked process, so that each sees a fresh interpreter and none pays for starting one.

asyncio keeps tasks in sets in a few places, and so cancels or starts them in the order of their addresses. Any
order is CPython's then; the sets of those places are replaced by ones that keep the order of insertion, which is
one of them, and the same in every run.
"""

import asyncio
import contextlib  # imported here, so that no program pays for it
import os
import signal
import sys
import types
import weakref

LIMIT = 30


class InOrder(set):
    """A set that is iterated in the order of insertion; as much of one as asyncio and the programs use."""

    def __init__(self, items=()):
        super().__init__()
        self.order = {}
        for item in items:
            self.add(item)

    def add(self, item):
        super().add(item)
        self.order.setdefault(item)

    def discard(self, item):
        super().discard(item)
        self.order.pop(item, None)

    def remove(self, item):
        super().remove(item)
        del self.order[item]

    def __iter__(self):
        return iter(self.order)


class WeakInOrder:
    """As much of a WeakSet as a loop uses for its generators."""

    def __init__(self):
        self.refs = []

    def add(self, item):
        self.refs.append(weakref.ref(item))

    def discard(self, item):
        self.refs = [ref for ref in self.refs if ref() is not None and ref() is not item]

    def clear(self):
        self.refs = []

    def __iter__(self):
        return iter([item for ref in self.refs if (item := ref()) is not None])

    def __len__(self):
        return len(list(iter(self)))


def put_in_order():
    group_init = asyncio.TaskGroup.__init__

    def group(self):
        group_init(self)
        self._tasks = InOrder()

    asyncio.TaskGroup.__init__ = group
    loop_init = asyncio.BaseEventLoop.__init__

    def loop(self):
        loop_init(self)
        self._asyncgens = WeakInOrder()

    asyncio.BaseEventLoop.__init__ = loop
    tasks = sys.modules["asyncio.tasks"]
    # `wait` and `as_completed` copy their argument with `set(…)`.
    tasks.set = InOrder
    tasks._scheduled_tasks.data = InOrder()

    def completed(self, aws, timeout):
        # CPython 3.13: Lib/asyncio/tasks.py, _AsCompletedIterator.__init__, with a list in place of its set.
        self._done = asyncio.Queue()
        self._timeout_handle = None
        loop = asyncio.get_event_loop()
        todo = InOrder([asyncio.ensure_future(aw, loop=loop) for aw in InOrder(aws)])
        for future in todo:
            future.add_done_callback(self._handle_completion)
        if todo and timeout is not None:
            self._timeout_handle = loop.call_later(timeout, self._handle_timeout)
        self._todo = todo
        self._todo_left = len(todo)

    tasks._AsCompletedIterator.__init__ = completed

    def all_tasks(loop=None):
        if loop is None:
            loop = asyncio.get_running_loop()
        every = [*tasks._scheduled_tasks, *tasks._eager_tasks]
        return InOrder([task for task in every if task.get_loop() is loop and not task.done()])

    tasks.all_tasks = asyncio.all_tasks = all_tasks


def child(program, run, out):
    signal.alarm(LIMIT)
    os.dup2(out, 1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    # By lines, for programs that wait for ever after `run` has cancelled what was left: the clock ends those.
    sys.stdout = open(1, "w", buffering=1, encoding="utf-8", closefd=False)
    status = 0
    try:
        run(program)
    except BaseException:
        status = 1
    sys.stdout.flush()
    # The interpreter ends as it does behind a program of its own: what the program's module still holds is finalized.
    raise SystemExit(status)


def main():
    put_in_order()
    out = sys.stdout.buffer
    for number, path in enumerate(sys.argv[1:]):
        module = types.ModuleType("program")
        with open(path, encoding="utf-8") as file:
            exec(compile(file.read(), path, "exec"), module.__dict__)
        for key, program in module.PROGRAMS.items():
            reading, writing = os.pipe()
            out.flush()
            pid = os.fork()
            if pid == 0:
                child(program, module.start, writing)
            os.close(writing)
            with open(reading, "rb") as pipe:
                text = pipe.read()
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            out.write(f"{number} {key} {status} {len(text)}\n".encode())
            out.write(text)
    out.flush()


main()
