"""Generators, coroutines and tasks that are suspended when the program ends are closed, with what their frames hold."""
import asyncio, gc
class D:
    def __init__(self, n): self.n = n
    def __del__(self): print("del", self.n)
async def coro(n):
    d = D(n)
    try:
        await asyncio.sleep(10)
    finally:
        print("finally", n)
def gen(n):
    try:
        yield n
    finally:
        print("gen finally", n)
async def agen(n):
    try:
        yield n
    finally:
        print("agen finally", n)
d0 = D("first")
g1 = gen(1); next(g1)
class Node: pass
n = Node(); n.me = n; n.g = gen("cycle"); next(n.g); del n
g2 = [gen(2)]; next(g2[0])
a = agen("a")
try: a.asend(None).send(None)
except StopIteration: pass
loop = asyncio.new_event_loop()
t1 = loop.create_task(coro("t1"))
t2 = loop.create_task(coro("t2"))
loop.run_until_complete(asyncio.sleep(0))
d9 = D("last")
c = coro("raw"); 
g3 = gen(3); next(g3)
print("end")
