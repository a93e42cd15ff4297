import asyncio


def read_all(path):
    def read():
        with open(path) as f:
            return f.read()

    return read()


class Base:
    def load(self):
        return read_all(self.path)


class Store(Base):
    def __init__(self, path):
        self.path = path

    def reload(self):
        self.load()

    @property
    def text(self):
        return self.load()


async def use():
    read_all("x")


if __name__ == "__main__":
    asyncio.run(use())
