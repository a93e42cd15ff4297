class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


x = D("a") if True else D("b")
print("chosen", x.n)
print((D("left") or D("right")).n)
print((D("l") and D("r")).n)
print("end")
