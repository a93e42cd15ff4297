class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


def f(a, b):
    c = D("c")
    b = D("b2")
    print("body")


f(D("a"), D("b"))
print("end")
