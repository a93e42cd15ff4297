class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


print([D(i).n for i in range(3)])
xs = [D(f"kept{i}") for i in range(2)]
print("made")
xs = [x.n for x in xs]
print(xs)
print({D("key").n: D("value").n})
