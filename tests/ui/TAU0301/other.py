async def greet(name):
    return name


def start():
    greet("start")
