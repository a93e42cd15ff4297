class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


xs = [D(0), D(1), D(2), D(3), D(4)]
xs[0] = D("zero")
print("set")
xs.pop()
print("pop")
del xs[1]
print("del")
xs[1:] = [D("tail")]
print("slice")
xs.clear()
print("end")
