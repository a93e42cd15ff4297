# A program with finalizers: the temporaries of a generator expression's iterable end once, in a `with` and outside.
class Guard:
    def __enter__(self):
        return self

    def __exit__(self, *exc):
        pass


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)

    def values(self):
        return iter([1, 2, 3])


def inside(d):
    with Guard():
        return set(item for item in d.values() if item > 1)


def temporary():
    with Guard():
        total = sum(item for item in Noisy("temporary").values())
        print("total", total)
        return total


def outside(d):
    return sorted(item for item in d.values())


def loops():
    with Guard():
        for item in Noisy("loop").values():
            print("item", item)
        return [item for item in Noisy("list").values()]


print(inside({1: 1, 2: 2, 3: 3}), temporary(), outside({"a": 5}), loops())
