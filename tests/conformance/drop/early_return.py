class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


def f(flag):
    a = D("a")
    b = D("b")
    if flag:
        return "early"
    c = D("c")
    return "late"


print(f(True))
print(f(False))
