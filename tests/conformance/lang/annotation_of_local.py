"""The annotation of a local is never evaluated, but its names, scopes and yields count."""
def f():
    x: (yield)
    return 5
print(type(f()).__name__, list(f()))
def g():
    x: [i for i in nowhere] = 3
    y: (lambda q: q + nowhere)
    return x
print(g())
def h():
    try:
        x: (z := 3)
        return z
    except UnboundLocalError as e:
        return e
print(h())
def outer():
    T = int
    def inner():
        v: T = 1
        return v
    return inner
print(outer()(), outer().__code__.co_freevars, outer().__closure__ is not None)
async def a():
    x: (await nowhere)
    return 1
import asyncio
print(asyncio.run(a()))
class C:
    T = str
    def m(self):
        self.x: T = 4
        y: C.T
        return self.x
print(C().m())
def k():
    x: {j: [l for l in j] for j in (m for m in nowhere)}
    def x2(): return 1
    return x2()
print(k())
