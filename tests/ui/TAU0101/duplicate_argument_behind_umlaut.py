def f(é, a, a): pass
