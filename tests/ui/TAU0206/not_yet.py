from inspect import getclasstree

print(getclasstree)
