"""A chat server and its clients over websockets: names, rooms, broadcast, a kick."""
import asyncio
import json
from collections import defaultdict

import websockets
from websockets.exceptions import ConnectionClosed, ConnectionClosedError


class Server:
    def __init__(self):
        self.rooms = defaultdict(dict)

    async def handle(self, ws):
        hello = json.loads(await ws.recv())
        room, name = self.rooms[hello["room"]], hello["name"]
        if name in room:
            await ws.close(4000, "name taken")
            return
        room[name] = ws
        try:
            await self.tell(room, "joined", name)
            async for raw in ws:
                text = json.loads(raw)["text"]
                if text == "/who":
                    await ws.send(json.dumps({"who": sorted(room)}))
                elif text.startswith("/kick "):
                    await room[text.split()[1]].close(1008, "kicked")
                else:
                    await self.tell(room, "said", name, text)
        finally:
            del room[name]
            await self.tell(room, "left", name)

    async def tell(self, room, what, name, text=None):
        message = {"what": what, "name": name} | ({"text": text} if text else {})
        websockets.broadcast(room.values(), json.dumps(message))


class Client:
    def __init__(self, uri, room, name):
        self.uri, self.room, self.name = uri, room, name
        self.heard = []

    async def __aenter__(self):
        self.ws = await websockets.connect(self.uri)
        await self.ws.send(json.dumps({"room": self.room, "name": self.name}))
        return self

    async def __aexit__(self, *_):
        await self.ws.close()

    async def say(self, text):
        await self.ws.send(json.dumps({"text": text}))

    async def hear(self, count=1):
        for _ in range(count):
            self.heard.append(json.loads(await self.ws.recv()))
        return self.heard[-1]


async def main():
    async with websockets.serve(Server().handle, "127.0.0.1", 0) as server:
        uri = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with Client(uri, "tea", "ann") as ann:
            print(await ann.hear())
            async with Client(uri, "tea", "bob") as bob:
                print(await ann.hear(), await bob.hear())
                await bob.say("hi all")
                print(await ann.hear(), await bob.hear())
                await ann.say("/who")
                print(await ann.hear())
                async with Client(uri, "tea", "bob") as twin:
                    try:
                        await twin.hear()
                    except ConnectionClosed as closed:
                        print(type(closed).__name__, closed.rcvd.code, closed.rcvd.reason, "|", closed)
                await ann.say("/kick bob")
                try:
                    await bob.hear()
                except ConnectionClosedError as closed:
                    print(closed)
            print(await ann.hear())
            print(len(ann.heard), len(bob.heard))


asyncio.run(main())
