class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


a = D("one")
b = a
a = D("two")
print("rebound")
b = b
a, b = b, a
print(a.n, b.n)
a = b
print("end")
del a, b
print("gone")
