class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


d = {"a": D("a"), "b": D("b")}
d["a"] = D("a2")
print("stored")
d.pop("b")
print("popped")
d.setdefault("a", D("unused"))
print("default")
d.update(a=D("a3"))
print("updated")
del d
print("end")
