class Flags:
    pass


flags = Flags()
setattr(flags, "__debug__", 1)
flags.__debug__ += 1
print(flags.__debug__)
