"""A WebSocket server that does what the first word of a path asks for. Prints its port."""
import asyncio
import signal
import sys

import websockets
from websockets.asyncio.server import serve


async def handler(websocket):
    what = websocket.request.path.strip("/").split("/")[0]
    try:
        match what:
            case "echo":
                async for message in websocket:
                    await websocket.send(message)
            case "parts":
                async for message in websocket:
                    size = max(1, len(message) // 3)
                    await websocket.send([message[at : at + size] for at in range(0, len(message), size)])
            case "join":
                while True:
                    parts = [part async for part in websocket.recv_streaming()]
                    await websocket.send(f"{len(parts)} parts, {sum(map(len, parts))} long")
            case "ping":
                await websocket.send("pinging")
                await asyncio.wait_for(await websocket.ping(b"from the server"), 5)
                await websocket.send("ponged")
                await websocket.recv()
            case "close":
                await websocket.close(int(await websocket.recv()), "as you wish")
            case "fail":
                raise RuntimeError("the handler fails")
            case "long":
                await websocket.send("x" * int(await websocket.recv()))
                await websocket.recv()
    except websockets.ConnectionClosed as e:
        print(what, "saw:", e, flush=True)
    else:
        print(what, "ended:", websocket.close_code, websocket.close_reason, flush=True)


async def main():
    options = {"compression": None} if "plain" in sys.argv[1:] else {}
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with serve(handler, "127.0.0.1", 0, max_size=100_000, subprotocols=["second", "first"], **options) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await stop.wait()


asyncio.run(main())
