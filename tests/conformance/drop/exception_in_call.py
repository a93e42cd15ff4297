class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


def fail(o):
    raise ValueError(o.n)


try:
    fail(D("arg"))
except ValueError as e:
    print("caught", e)
print("after handler")
