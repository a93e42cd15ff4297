"""A chat server: rooms, names, everybody hears what is said. `server.py [PORT]`"""
import asyncio
import collections
import json
import sys

import websockets


class Chat:
    def __init__(self):
        self.rooms = collections.defaultdict(dict)

    async def handle(self, websocket):
        """One connection: a greeting with room and name first, then texts."""
        try:
            greeting = json.loads(await websocket.recv())
            room, name = self.rooms[greeting["room"]], str(greeting["name"])
        except (ValueError, KeyError, TypeError):
            await websocket.close(1003, "greet with room and name")
            return
        if name in room:
            await websocket.close(4001, f"there is a {name} already")
            return
        room[name] = websocket
        self.tell(room, {"kind": "joined", "name": name, "here": list(room)})
        try:
            async for text in websocket:
                self.tell(room, {"kind": "said", "name": name, "text": text})
        except websockets.ConnectionClosedError:
            pass
        finally:
            del room[name]
            self.tell(room, {"kind": "left", "name": name})

    def tell(self, room, message):
        websockets.broadcast(room.values(), json.dumps(message))


async def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8765
    async with websockets.serve(Chat().handle, "127.0.0.1", port) as server:
        print(f"chat on ws://127.0.0.1:{port}, Ctrl-C ends it", flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        print("closed")
