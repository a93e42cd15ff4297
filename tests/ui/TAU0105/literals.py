x = 7


def identities():
    print(x is 5, x is not "a", 5 is x is "a", x is -1, x is (), x is (1, 2), x is 1 + 2, x is f"a", x is [1], x is None)
    print(not x is 5, not (x is not b"a"), not not x is 5, x is ... is True, 1.5 is x, 2j is not x, x == 5 is x)
    if 0:
        x is 6
    while x is 7:
        break
    for y in [x is 1]:
        try:
            try:
                continue
            finally:
                x is 8
            return x is 9
        except x is 10:
            pass
        else:
            x is 11
        finally:
            x is 12
    return (lambda a=(x is 13): a is 14), [i for i in [x is 15] if i is 16]


class Class(object if x is 17 else object):
    x is 18
    y: "a" is 19 = x is 20

    async def method(self, a: x is 21 = x is 22, *, b=x is 23) -> x is 24:
        z: x is 25 = 1
        async with self as a:
            a is 26
        match a:
            case 1 if x is 27:
                pass
        return z


def assertions():
    assert (x, "message")
    assert ()
    assert (1, 2), "more"
    assert (x)


def calls():
    "a"(1); [1](2); (1, 2)(3); {}(1); {1}(2); None(); 1(2); f"a"(1); (i for i in x)(1); [i for i in x](1); (lambda: 1)()
    print("a" ("b"), [1, 2] [3, 4], {"a": 1} ["x"])


def subscripts():
    1[2]; None[1]; {1}[2]; (i for i in x)[1]; (lambda: 1)[0]; ...[1]; 1.5[0]; True[0]
    "a"["b"]; [1][1.5]; (1, 2)[None]; f"a"["b"]; [1]["x":]; [1][x]; [1][(1, 2)]; "a"[1, 2]; [1][f"x"]; [1][True]; b"a"[[1]]
    [1, 2]["a"] = 3
    1[2] = 3
    del "a"["b"]
    1[2] += 1
