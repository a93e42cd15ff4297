class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


for x in [D(0), D(1), D(2)]:
    print("at", x.n)
print("after loop")
x = None
print("end")


def loop():
    for y in (D("t0"), D("t1")):
        print("see", y.n)
    print("loop done")


loop()
