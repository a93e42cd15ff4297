class A:
    type x = [y := z for z in w]
