# Both ends of a WebSocket in one program.
import asyncio, websockets
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, ConnectionClosedOK, ConnectionClosedError, InvalidStatus
async def handler(ws):
    print("server: path", ws.request.path)
    try:
        async for m in ws:
            if m == "close": await ws.close(4001, "app"); break
            if m == "boom": raise ValueError("x")
            await ws.send(m if isinstance(m, bytes) else m.upper())
    except ConnectionClosed as e:
        print("server:", type(e).__name__, e)
    print("server: done", ws.close_code, repr(ws.close_reason))
async def main():
    async with websockets.serve(handler, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        uri = f"ws://127.0.0.1:{port}/a?b=c"
        async with connect(uri) as ws:
            await ws.send("hello"); print(await ws.recv())
            await ws.send(b"\x00\x01"); print(await ws.recv())
            await ws.send(["a", "b", "c"]); print(await ws.recv())
            w = await ws.ping(); lat = await w; print(type(lat).__name__)
            print(ws.state, ws.close_code, ws.subprotocol)
        print(ws.state, ws.close_code, repr(ws.close_reason))
        try: await ws.recv()
        except ConnectionClosedOK as e: print("OK", e, e.rcvd, e.sent, e.rcvd_then_sent)
        try: await ws.send("x")
        except ConnectionClosed as e: print(type(e).__name__, e)
        ws = await websockets.connect(uri)
        await ws.send("close")
        try: await ws.recv()
        except ConnectionClosedError as e: print("ERR", e, repr(e.rcvd))
        async with connect(uri) as ws:
            try:
                async with asyncio.timeout(0.1): await ws.recv()
            except TimeoutError: print("timeout")
            await ws.send("after"); print(await ws.recv())
            async def rec(): await ws.recv()
            t=asyncio.create_task(rec()); await asyncio.sleep(0)
            try: await ws.recv()
            except websockets.ConcurrencyError as e: print(e)
            t.cancel()
        big = await connect(uri, max_size=10)
        await big.send("x"*100)
        try: await big.recv()
        except ConnectionClosedError as e: print("BIG", e)
        n=0
        async for ws in connect(uri):
            await ws.send("close")
            try: await ws.recv()
            except ConnectionClosed as e: print("again", e)
            n+=1
            if n==2: break
        try: await connect("http://x")
        except Exception as e: print(type(e).__name__, e)
        try: await connect(f"ws://127.0.0.1:1")
        except OSError as e: print(type(e).__name__, e)
    print("end")
asyncio.run(main())
