"""At the end the collector finds what the module holds: first what is next to it, then what that leads to."""
class D:
    def __init__(self, n): self.n = n
    def __del__(self): print("del", self.n)
l1 = [D("in list 1")]
d0 = D("first")
x = {"a": [[D("deep")]]}
l2 = [D("in list 2"), [D("deeper")]]
d1 = D("second")
def f(): return d1
class C:
    d = D("in class")
d2 = D("third")
o = C(); o.x = D("attr")
print("end")
