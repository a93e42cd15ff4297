import os
import select
import selectors

r, w = os.pipe()
print(select.select([r], [w], [], 0) == ([], [w], []))
os.write(w, b"x")
print(select.select([r], [], [], 1) == ([r], [], []))
p = select.poll()
p.register(r, select.POLLIN)
print(p.poll(0) == [(r, select.POLLIN)])
p.unregister(r)
with select.epoll() as e:
    e.register(r, select.EPOLLIN)
    print(e.poll(0) == [(r, select.EPOLLIN)], e.closed)
print(e.closed)
with selectors.DefaultSelector() as s:
    s.register(r, selectors.EVENT_READ, "data")
    print([(k.data, m) for k, m in s.select(0)])
for f in (lambda: select.select([99999], [], [], 0), lambda: select.select(3, [], []), lambda: select.select([], [], [], -1), lambda: p.unregister(r), lambda: select.select(["a"], [], [], 0), lambda: e.poll(0)):
    try:
        print(f())
    except Exception as x:
        print(type(x).__name__, str(x).replace(str(r), "R"))
os.close(r)
os.close(w)
