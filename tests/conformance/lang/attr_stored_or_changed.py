class Counter:
    def set(self):
        self.plain = 1
        self.noted: int = 2
        self.only_noted: int
        (self.first, self.second) = 3, 4
        for self.turn in range(3):
            pass

    def change(self):
        self.changed += 1
        self.turn -= 1
        del self.plain


class Flags:
    pass


print(sorted(Counter.__static_attributes__))
counter = Counter()
counter.set()
counter.changed = 5
counter.change()
print(sorted(vars(counter).items()))

flags = Flags()
setattr(flags, "__debug__", 1)
flags.__debug__ += 41
print(flags.__debug__, vars(flags), __debug__)
try:
    counter.missing.__debug__ -= 1
except AttributeError as error:
    print(error)
