yield from await x
