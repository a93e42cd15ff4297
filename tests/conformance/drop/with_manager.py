class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


class M(D):
    def __enter__(self):
        print("enter")
        return D("value")

    def __exit__(self, *exc):
        print("exit", exc[0])
        return True


with M("manager") as v:
    print("body", v.n)
print("after")
with M("quiet"):
    raise ValueError("swallowed")
print("end")
v = None
