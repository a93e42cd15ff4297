import sys
def f():
    import os.path as p
    global p
    p2 = 1
    print(p.basename("/a/b"))
f()
print(p.__name__ in ("posixpath",))
def g():
    from sys import maxsize as m
    def h():
        import math as m2
        nonlocal m
    return m
