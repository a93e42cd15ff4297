@(yield)
def f[__debug__](x=lambda: 1, *, __debug__):
    pass
