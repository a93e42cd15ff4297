"""A script and a package that import each other."""
import shop
from shop import catalog

RATE = 3


def price(name):
    return catalog.base(name) * RATE


if __name__ == "__main__":
    import __main__

    print(__main__ is not None, __name__)
    print(shop.names(), shop.__name__, shop.catalog.__package__)
    print(price("pen"), catalog.twice("pen"), shop.orders.total(["pen", "ink"]))
    print(sorted(k for k in vars(shop) if not k.startswith("_")))
