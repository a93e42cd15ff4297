x = [1]
print(1if x else 2, [0x1for y in x], 1.5if x else 2, 1jif x else 2, 0o7if x else 0b1if x else 1)
print([2for z in x if 1in x or 2in x], 1_0and 3, 0xfor x, 1e3if x else 4)
