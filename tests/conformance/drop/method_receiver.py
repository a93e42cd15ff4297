class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


class M(D):
    def hello(self):
        print("hello", self.n)
        return self


M("temp").hello()
print("after")
M("chain").hello().hello()
print("end")
