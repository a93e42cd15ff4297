yield
def f[T = int, S](): pass
