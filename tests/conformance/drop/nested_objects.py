class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


class Node(D):
    def __init__(self, n, child=None):
        super().__init__(n)
        self.child = child


root = Node("root", Node("mid", Node("leaf")))
root = None
print("end")
