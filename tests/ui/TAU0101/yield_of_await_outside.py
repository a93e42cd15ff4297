x = yield await y
