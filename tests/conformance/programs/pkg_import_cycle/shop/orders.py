import shop.catalog as catalog

RATE = 7


def total(items):
    import main

    return sum(catalog.base(i) for i in items) + main.price(items[0])
