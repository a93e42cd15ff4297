import asyncio
import functools

# Modules of an installed library: nothing is said of those that are not there.
try:
    import queue
except ImportError:
    raise


def runs_at_once(function):
    @functools.wraps(function)
    def wrapper(*args):
        return asyncio.run(function(*args))

    return wrapper


@runs_at_once
async def decorated():
    return 1


async def save(item):
    return item


def collect(coroutine):
    coroutine.close()


class Store:
    async def save(self):
        return self

    async def _later(self):
        return 1

    later = property(_later)
    saved = None

    def save_soon(self):
        return self.save()


class Synchronous(Store):
    def save(self):
        return self


def shadow(save):
    save(1)


class Fake:
    def __init__(self, save):
        self.save = save

    def run(self):
        self.save(1)


def either(flag):
    if flag:

        async def work():
            pass

    else:

        def work():
            pass

    work()


async def main():
    decorated()
    collect(save(1))
    pending = save(2)
    await pending
    used = [save(3)]
    await used[0]
    Synchronous().save()
    shadow(print)
    Fake(print).run()
    either(False)
    queue.Queue().put(1)
    kept = Store()
    kept.save = print
    kept.save(1)
    store = Store()
    await store.save_soon()
    store.save_soon().close()
    try:
        save()
    except TypeError:
        pass
    asyncio.gather(save(1), save(2))
    lambda: save(4)
    await (save(5) if store else asyncio.sleep(0))
    not_this = save(6)
    print(locals())
    for coroutine in (pending, not_this):
        coroutine.close()


asyncio.run(main())
