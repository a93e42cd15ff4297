def area(w, h=2, *rest, unit="cm", **extra):
    print(w, h, rest, unit, extra)
    return w * h

def scale(x, factor=10):
    return x * factor

print(area(3))
print(area(3, 4, 5, 6, unit="mm", colour="red"))
print(scale(4), scale(factor=3, x=4))
f = scale
args = [5]
print(f(*args), f(7, 2))
