def counter(start):
    n = start

    def bump(by=1):
        nonlocal n
        n += by
        return n

    return bump

bump = counter(10)
print(bump(), bump(5))
print([f(2) for f in [lambda x, k=k: x * k for k in range(3)]])
