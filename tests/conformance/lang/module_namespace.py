g = globals()
x = 5
print(g["x"], "x" in g, g is globals(), len(g) == len(globals()), g.get("x"))
g["y"] = 6
print(y)
del x
print("x" in g, list(k for k in g if not k.startswith("_")))


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)


def read():
    return globals()["held"].name


held = Loud("first")
print(read(), g["held"].name)
held = Loud("second")
print(read(), len(g) == len(vars(__import__("__main__"))))
del g
del held
print("end", sorted(k for k in globals() if not k.startswith("_")))
