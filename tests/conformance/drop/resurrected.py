class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


saved = []


class R:
    def __del__(self):
        print("saving")
        saved.append(self)


R()
print(len(saved))
saved.clear()
print("end")
