class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


def outer():
    d = D("captured")

    def inner():
        return d.n

    return inner


f = outer()
print(f())
f = None
print("closure gone")


def rebind():
    d = D("first")

    def show():
        return d.n

    print(show())
    d = D("second")
    print(show())


rebind()
print("end")
