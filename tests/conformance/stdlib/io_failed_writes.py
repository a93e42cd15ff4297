"""A device that takes nothing: what stays in the buffers, what `close` says, and which error is whose context."""
import io


class Full(io.RawIOBase):
    """Takes so many bytes, then none; says what it got."""

    def __init__(self, room):
        self.room, self.got = room, b""

    def writable(self):
        return True

    def write(self, data):
        if self.room == 0:
            raise OSError(28, "No space left on device")
        part = bytes(data[: self.room])
        self.got += part
        self.room -= len(part)
        return len(part)


def attempt(what, call):
    try:
        print(what, "->", call())
    except OSError as e:
        context = e.__context__
        print(what, "->", type(e).__name__, e, "| context:", type(context).__name__, context, context is e)


raw = Full(10)
f = io.BufferedWriter(raw)
print(f.write(b"0123456789abcdef"))
attempt("flush", f.flush)
print(raw.got)
raw.room = 3
attempt("flush", f.flush)
print(raw.got)
raw.room = 100
f.write(b"!")
attempt("flush", f.flush)
print(raw.got)
f.write(b"lost")
raw.room = 0
attempt("close", f.close)
print(f.closed, raw.closed)
attempt("close again", f.close)

raw = Full(0)
f = io.BufferedWriter(raw)
attempt("more than the buffer", lambda: f.write(b"x" * 20_000))
raw.room = 50_000
f.write(b"next")
f.flush()
print(len(raw.got))
f.write(b"a" * 8000)
raw.room = 0
attempt("beyond the buffer", lambda: f.write(b"b" * 500))
raw.room = 100_000
f.flush()
print(len(raw.got), raw.got[-3:])
f.close()

f = open("/dev/full", "w")
f.write("kept back")
attempt("flush", f.flush)
attempt("flush", f.flush)
attempt("close", f.close)
print(f.closed, f.buffer.closed)
attempt("close again", f.close)
f = open("/dev/full", "w", buffering=1)
attempt("a line", lambda: f.write("line\n"))
attempt("close", f.close)
attempt("with", lambda: open("/dev/full", "wb", buffering=0).write(b"x"))


class Stubborn(Full):
    def close(self):
        raise OSError(5, "will not close")


f = io.BufferedWriter(Stubborn(0))
f.write(b"x")
attempt("close", f.close)
f = io.TextIOWrapper(io.BufferedWriter(Stubborn(100)))
f.write("x")
attempt("close of a text", f.close)
