match 1:
    case int(real=1, __debug__=True):
        pass
