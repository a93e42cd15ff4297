"""globals() has the names in the order in which they were bound; a deleted one comes back last."""
zeta = 1
def f(): pass
alpha = 2
class C: pass
print([k for k in globals() if not k.startswith("__")])
mid = 3
alpha = 4
del zeta
zeta = 5
print([k for k in globals() if not k.startswith("__")])


def build():
    global made, again
    made = [name for name in globals() if not name.startswith("__")]
    again = 1


build()
print(made)
del again, mid
build()
print([*globals()][-3:], list(globals().values())[-1])
tests = []


def test_b():
    return "b"


def test_a():
    return "a"


print([run() for name, run in globals().copy().items() if name.startswith("test_")])
