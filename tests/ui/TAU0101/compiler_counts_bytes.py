é = 1
del é, (é, __debug__)
