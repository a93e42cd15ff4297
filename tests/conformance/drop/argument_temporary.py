class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


def f(o):
    print("in", o.n)


f(D("a"))
print("after call")
print(D("b").n, "printed")
print("end")
