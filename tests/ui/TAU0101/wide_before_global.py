def f():
    été = 1; global été
