class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


def f():
    d = D("local")
    try:
        return "value"
    finally:
        print("finally")


print(f())


def g():
    try:
        d = D("inner")
        raise KeyError("k")
    finally:
        print("cleanup")


try:
    g()
except KeyError:
    print("handled")
print("end")
