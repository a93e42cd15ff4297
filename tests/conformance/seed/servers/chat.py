# Sends every message back and says goodbye after the last.
import asyncio
import sys

import websockets


async def chat(websocket):
    async for message in websocket:
        await websocket.send(message)
        if message == "Goodbye":
            break


async def main():
    host, port = sys.argv[1:]
    async with websockets.serve(chat, host, int(port)) as server:
        print("listening", flush=True)
        await server.serve_forever()


asyncio.run(main())
