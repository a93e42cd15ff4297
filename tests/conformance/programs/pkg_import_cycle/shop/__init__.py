from . import catalog
from .orders import total


def names():
    return sorted(catalog.ITEMS)
