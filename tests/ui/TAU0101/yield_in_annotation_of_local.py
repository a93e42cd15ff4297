def f():
    x: [(yield z) for z in w]
