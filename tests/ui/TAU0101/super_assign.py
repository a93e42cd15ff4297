class A:
    def f(self):
        nonlocal __class__
        __class__ = 1
