def total(n):
    s = 0
    for i in range(n):
        s += i * i
    return s

def grow(start, n):
    x = start
    for i in range(n):
        x = x * 3 + i
    return x

print(total(10), grow(1, 5), grow(0.5, 3))
