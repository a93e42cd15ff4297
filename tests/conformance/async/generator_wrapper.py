# types.coroutine over functions that make generators, and over functions that only return one.
import asyncio
import types


@types.coroutine
def direct(n):
    for _ in range(n):
        yield
    return "direct"


def generator(n):
    for _ in range(n):
        yield
    return "returned"


@types.coroutine
def returns(n):
    return generator(n)


class Like:
    """A generator by its methods."""

    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        return self.send(None)

    def send(self, value):
        if not self.n:
            raise StopIteration("like")
        self.n -= 1

    def throw(self, *exc):
        raise exc[0]

    def close(self):
        print("closed")


@types.coroutine
def likes(n):
    return Like(n)


@types.coroutine
def other():
    return 17


async def main():
    for make in (direct, returns, likes):
        made = make(2)
        print(type(made).__name__, getattr(made, "__name__", "-"), isinstance(made, types._GeneratorWrapper))
        print(await made)
    print(other())
    wrapper = returns(1)
    print(wrapper.gi_running, wrapper.cr_code.co_name, wrapper.gi_yieldfrom, next(wrapper))
    try:
        wrapper.send(None)
    except StopIteration as e:
        print("stop", e.value)
    wrapper = likes(1)
    wrapper.close()
    try:
        wrapper.throw(KeyError("k"))
    except KeyError as e:
        print("KeyError", e)


asyncio.run(main())
