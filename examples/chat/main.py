"""A server and three clients in one process: a conversation from beginning to end."""
import asyncio

import websockets

from client import Client
from server import Chat


async def heard(client, count):
    for _ in range(count):
        print(f"  {client.name} hears {await client.hear()}")


async def main():
    async with websockets.serve(Chat().handle, "127.0.0.1", 0) as server:
        url = "ws://127.0.0.1:%d" % server.sockets[0].getsockname()[1]
        async with Client(url, "tea", "ann") as ann:
            await heard(ann, 1)
            async with Client(url, "tea", "bob") as bob, Client(url, "coffee", "cleo") as cleo:
                await heard(ann, 1)
                await heard(bob, 1)
                await heard(cleo, 1)
                print("bob says hello")
                await bob.say("hello")
                await heard(ann, 1)
                await heard(bob, 1)
                print("another bob comes")
                async with Client(url, "tea", "bob") as twin:
                    try:
                        await twin.hear()
                    except websockets.ConnectionClosed as closed:
                        print(f"  and is refused: {closed.rcvd.code} {closed.rcvd.reason}")
            print("bob and cleo leave")
            await heard(ann, 1)


asyncio.run(main())
