"""A chat client for the terminal. `client.py NAME [ROOM] [URL]`: lines that are typed are said."""
import asyncio
import json
import sys

import websockets


class Client:
    """A connection to a room: `async with Client(url, room, name) as client`."""

    def __init__(self, url, room, name):
        self.url, self.room, self.name = url, room, name

    async def __aenter__(self):
        self.websocket = await websockets.connect(self.url)
        await self.websocket.send(json.dumps({"room": self.room, "name": self.name}))
        return self

    async def __aexit__(self, *error):
        await self.websocket.close()

    async def say(self, text):
        await self.websocket.send(text)

    async def hear(self):
        """What happens next in the room, as a line of text."""
        match json.loads(await self.websocket.recv()):
            case {"kind": "said", "name": name, "text": text}:
                return f"{name}: {text}"
            case {"kind": "joined", "name": name, "here": here}:
                return f"* {name} joined ({', '.join(here)})"
            case {"kind": kind, "name": name}:
                return f"* {name} {kind}"


async def listen(client):
    while True:
        print(await client.hear(), flush=True)


async def main(name, room="lobby", url="ws://127.0.0.1:8765"):
    async with Client(url, room, name) as client:
        listening = asyncio.create_task(listen(client))
        while line := await asyncio.to_thread(sys.stdin.readline):
            await client.say(line.rstrip("\n"))
        listening.cancel()


if __name__ == "__main__":
    try:
        asyncio.run(main(*sys.argv[1:]))
    except websockets.ConnectionClosed as closed:
        sys.exit(f"the server closed the connection: {closed}")
    except OSError as error:
        sys.exit(f"no server: {error}")
    except KeyboardInterrupt:
        pass
