class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


class E(D):
    def __del__(self):
        print("sub", self.n)
        super().__del__()


E("x")
print("next")
e = E("y")
e = None
print("end")
