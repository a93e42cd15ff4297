def find(items, want):
    for x in items:
        try:
            if x is None:
                continue
            if 100 // x == want:
                return x
        except ZeroDivisionError as e:
            print("skip", e)
        finally:
            print("seen", x)
    else:
        print("nothing")
    return None

print(find([None, 0, 50, 25], 4))
print(find([1], 7))
