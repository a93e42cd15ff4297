class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


def g():
    x = yield D("yielded")
    print("got", x)
    yield 2


it = g()
v = next(it)
print("have", v.n)
v = None
print(it.send("s"))
it.close()
print("end")
