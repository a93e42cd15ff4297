class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


def g():
    d = D("in generator")
    try:
        yield 1
        yield 2
    finally:
        print("closing")


it = g()
print(next(it))
it = None
print("dropped")
for v in g():
    print(v)
    break
print("broken out")
