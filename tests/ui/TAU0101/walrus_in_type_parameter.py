def f[*T = [y := z for z in w]]():
    pass
