import io
class R(io.RawIOBase):
    def __init__(self, d): self.d=d
    def readable(self): return True
    def readinto(self, b):
        n=min(len(b), 5, len(self.d)); b[:n]=self.d[:n]; self.d=self.d[n:]; return n
r = io.BufferedReader(R(b'hello\nworld\nxyz'))
print(r.readline(), r.peek(3), r.read(3), r.read())
class E(io.BufferedReader):
    def __init__(self, a, b): super().__init__(R(b))
print(E(1, b'abc').read(), io.BufferedReader(io.BytesIO(b'q')).read())
class W(io.RawIOBase):
    def writable(self): return True
    def write(self, b): print('w', bytes(b)); return len(b)
w = io.BufferedWriter(W()); w.write(b'123'); w.flush(); w.write(b'4'); w.close()
try: io.BufferedReader(W())
except OSError as e: print(type(e), e)
print(io.TextIOWrapper(io.BufferedReader(R(b'a\nb\n')), 'utf-8').readlines())
try: io.BufferedReader()
except TypeError as e: print(e)
