class C[T, __debug__: int = str]:
    pass
