# The opening handshake, hooks, subprotocols, limits, broadcasting and shutting down.
import asyncio

import websockets
from websockets.asyncio.client import connect
from websockets.asyncio.server import broadcast, serve


def process_request(connection, request):
    if request.path == "/health":
        return connection.respond(200, "OK\n")
    if request.path == "/deny":
        return connection.respond(403, "no\n")


async def handler(ws):
    if ws.request.path == "/sub":
        await ws.send(str(ws.subprotocol))
        return
    if ws.request.path == "/headers":
        await ws.send(ws.request.headers["X-Token"] + " " + str(ws.request.headers.get("Origin")))
        return
    if ws.request.path == "/flood":
        for i in range(100):
            await ws.send(f"{i}")
        return
    if ws.request.path == "/quiet":
        await ws.wait_closed()
        return
    async for m in ws:
        await ws.send(m)


async def attempt(uri, **kw):
    try:
        async with connect(uri, **kw) as ws:
            return await ws.recv()
    except Exception as e:
        return f"{type(e).__name__}: {e}"


async def main():
    async with serve(handler, "127.0.0.1", 0, process_request=process_request, subprotocols=["chat", "v2"], origins=[None, "http://ok"], ping_interval=0.1, ping_timeout=1) as server:
        port = server.sockets[0].getsockname()[1]
        uri = f"ws://127.0.0.1:{port}"
        sub = {"subprotocols": ["v2", "chat"]}
        print(await attempt(uri + "/sub", **sub))
        print(await attempt(uri + "/sub"))
        print(await attempt(uri + "/sub", subprotocols=["other"]))
        print(await attempt(uri + "/headers", additional_headers={"X-Token": "t"}, origin="http://ok", **sub))
        print(await attempt(uri + "/headers", origin="http://evil", **sub))
        print(await attempt(uri + "/deny"))
        try:
            await connect(uri + "/health")
        except websockets.InvalidStatus as e:
            print(e, e.response.status_code, e.response.body, e.response.headers["Content-Type"])
        async with connect(uri + "/flood", max_queue=4, **sub) as ws:
            await asyncio.sleep(0.05)
            print(len([m async for m in ws]))
        async with connect(uri + "/echo", **sub) as ws:
            await asyncio.sleep(0.35)
            print("alive", ws.state.name, ws.latency > 0)
            await ws.send("x" * 70000)
            print(len(await ws.recv()))
            await ws.send("ünï")
            print(await ws.recv(decode=False))
            await ws.send(b"bytes")
            print(await ws.recv(decode=True))
            await ws.send("as bytes", text=False)
            print(await ws.recv())
            for bad in (1, {"a": 1}, None):
                try:
                    await ws.send(bad)
                except TypeError as e:
                    print(e)
            try:
                await ws.close(999)
            except Exception as e:
                print(type(e).__name__, e)
            print(len(server.connections))
        clients = [await connect(uri + "/quiet", **sub) for _ in range(3)]
        broadcast(server.connections, "to all")
        print([await c.recv() for c in clients])
        server.close()
        for c in clients:
            try:
                await c.recv()
            except websockets.ConnectionClosed as e:
                print(type(e).__name__, e)
        await server.wait_closed()
        print(server.is_serving())
    print((await attempt(uri + "/x")).replace(str(port), "PORT"))
    print(repr(websockets.Close(1000, "x")), websockets.Close(4000, "y"), websockets.CloseCode.GOING_AWAY, websockets.State.OPEN)

    async def raw(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answers.pop(0))
        writer.close()

    answers = [b"HTTP/1.1 500 Oops\r\nContent-Length: 3\r\n\r\nbad", b"", b"nonsense\r\n\r\n", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n"]
    s = await asyncio.start_server(raw, "127.0.0.1", 0)
    uri = f"ws://127.0.0.1:{s.sockets[0].getsockname()[1]}/"
    for _ in range(5):
        print(await attempt(uri))
    s.close()
    for bad in ["http://x", "ws://", "ws://h/#frag", "ws://user@h/"]:
        try:
            connect(bad)
        except Exception as e:
            print(type(e).__name__, e)


asyncio.run(main())
