class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


class Box:
    pass


box = Box()
box.x = D("old")
box.x = D("new")
print("replaced")
del box.x
print("deleted")
box.y = D("kept")
box = None
print("end")
