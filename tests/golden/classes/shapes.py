class Shape:
    count = 0

    def __init__(self, name):
        self.name = name

    def area(self):
        return 0

    def describe(self):
        return f"{self.name}: {self.area()}"

class Rect(Shape):
    def __init__(self, w, h):
        super().__init__("rect")
        self.w = w
        self.h = h

    def area(self):
        return self.w * self.h

    def grow(self, k):
        self.w += k

r = Rect(2, 3)
r.grow(1)
print(r.describe(), Shape.count)
