class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


a, b = D("a"), D("b")
print("unpacked")
a, b = b, a
print("swapped")
(a, b), c = (D("x"), D("y")), D("z")
print("nested")
del a, b, c
print("end")
