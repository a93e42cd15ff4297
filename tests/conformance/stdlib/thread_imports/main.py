"""Threads that import the same module at once run its body once; two that import each other's get it half run."""
import _thread
import time

import state

done = []


def get(n):
    try:
        import slow
        done.append(slow.last)
    except (AttributeError, ValueError) as e:
        done.append(type(e).__name__)


def get_whole(n):
    import whole
    done.append(whole.last)


def get_one(n):
    import one
    done.append(hasattr(one, "name"))


def get_two(n):
    import two
    done.append(hasattr(two, "name"))


def together(*bodies):
    done.clear()
    for n, body in enumerate(bodies):
        _thread.start_new_thread(body, (n,))
    while len(done) < len(bodies):
        time.sleep(0.01)
    print(sorted(map(str, done)), state.runs)


together(*[get] * 5)
together(*[get_whole] * 5)
together(get_one, get_two)
import one
import slow
import two

print(slow.last, one.name, two.name, state.runs)
