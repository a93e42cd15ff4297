class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


n = 0
while n < 3:
    d = D(n)
    n += 1
print("loop end")
d = None
print("end")
