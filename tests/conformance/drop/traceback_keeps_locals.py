class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


def f():
    d = D("local")
    raise ValueError("x")


try:
    f()
except ValueError as e:
    print("in handler")
print("after handler")


def keep():
    try:
        f()
    except ValueError as e:
        return e


kept = keep()
print("kept", type(kept).__name__)
kept = None
print("released")
