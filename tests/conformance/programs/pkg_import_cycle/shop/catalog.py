from . import orders

ITEMS = {"pen": 2, "ink": 5}


def base(name):
    return ITEMS[name]


def twice(name):
    import __main__

    return __main__.price(name) + orders.total([name]) + orders.RATE
