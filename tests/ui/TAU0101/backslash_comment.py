x = 1 + \
# two
y = 2
