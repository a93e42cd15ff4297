import math


def f():
    import math as p
    global p
    print(p.floor(2.5))


f()
print(p is math)


def g():
    from sys import maxsize as m

    def h():
        import math as m2
        nonlocal m
        m = m2.ceil(1.5)
        return m

    return h(), m


print(g())
