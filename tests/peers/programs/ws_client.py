"""A WebSocket client that makes a server do everything. Arguments: port, `plain` for no compression."""
import asyncio
import sys

import websockets
from websockets.asyncio.client import connect

PORT = int(sys.argv[1])
OPTIONS = {"compression": None} if "plain" in sys.argv[2:] else {}


def to(path, **options):
    options.setdefault("subprotocols", ["first", "third"])
    return connect(f"ws://127.0.0.1:{PORT}/{path}", max_size=200_000, **OPTIONS, **options)


async def echo():
    async with to("echo") as ws:
        print("subprotocol:", ws.subprotocol, "extensions:", ws.response.headers.get("Sec-WebSocket-Extensions"))
        for message in ["text", "", "Größe 🐍", b"bytes", b"", bytes(range(256)), "x" * 70_000, b"y" * 65_536, "z" * 126]:
            await ws.send(message)
            print(type(message).__name__, len(message), await ws.recv() == message)
        await ws.send(["frag", "men", "ted"])
        print(await ws.recv())
        await ws.send([b"frag", b"", b"mented"])
        print(await ws.recv())
        for n in range(200):
            await ws.send(f"{n} " * n)
        print(all([await ws.recv() == f"{n} " * n for n in range(200)]))
        latency = await (await ws.ping())
        print("pong:", 0 <= latency < 5)
        await (await ws.ping("payload"))
        await ws.pong(b"nobody asked")
    print("closed:", ws.close_code, ws.close_reason, ws.state.name)


async def parts():
    async with to("parts") as ws:
        for message in ["abcdefghij", b"0123456789", "Größe 🐍 " * 100, b"b" * 50_000]:
            await ws.send(message)
            got = [part async for part in ws.recv_streaming()]
            joined = "".join(got) if isinstance(message, str) else b"".join(got)
            print(len(got), joined == message)
        await ws.send("whole")
        print(await ws.recv())


async def join():
    async with to("join") as ws:
        await ws.send(["a", "bc", "def"])
        print(await ws.recv())

        async def slowly():
            for n in range(5):
                await asyncio.sleep(0.01)
                yield b"part %d" % n

        sending = asyncio.create_task(ws.send(slowly()))
        await asyncio.sleep(0.02)
        await ws.ping()
        await sending
        print(await ws.recv())


async def ping():
    async with to("ping") as ws:
        print(await ws.recv(), await ws.recv())


async def closes():
    for code in [1000, 1001, 1003, 1008, 1011, 3000, 4999]:
        async with to("close") as ws:
            await ws.send(str(code))
            try:
                await ws.recv()
            except websockets.ConnectionClosed as e:
                print(type(e).__name__, e, e.rcvd_then_sent)
    for code, reason in [(1000, ""), (1001, "leaving"), (4000, "mine"), (3999, "ü" * 61)]:
        ws = await to("echo")
        await ws.close(code, reason)
        print(ws.close_code, ws.close_reason, ws.state.name)
    try:
        ws = await to("echo")
        await ws.close(999)
    except Exception as e:
        print(type(e).__name__, e)
    await ws.close()


async def troubles():
    for offered in [None, ["neither", "nor"]]:
        try:
            await to("echo", subprotocols=offered)
        except websockets.InvalidStatus as e:
            print(e, e.response.status_code, bytes(e.response.body))
    async with to("fail") as ws:
        try:
            await ws.recv()
        except websockets.ConnectionClosed as e:
            print(type(e).__name__, e)
    async with to("echo") as ws:
        await ws.send("x" * 100_001)
        try:
            await ws.recv()
        except websockets.ConnectionClosed as e:
            print(type(e).__name__, e)
    async with to("long") as ws:
        await ws.send("200001")
        try:
            await ws.recv()
        except websockets.ConnectionClosed as e:
            print(type(e).__name__, e)


async def by_hand():
    """Frames as bytes, so that fragments, control frames between them and mistakes come as they are written here."""
    frames = {
        "fragments around a ping": [b"\x01\x82\0\0\0\0he", b"\x89\x81\0\0\0\0p", b"\x00\x80\0\0\0\0", b"\x80\x83\0\0\0\0llo"],
        "not masked": [b"\x81\x05hello"],
        "a reserved bit": [b"\xb1\x80\0\0\0\0"],
        "an unknown opcode": [b"\x83\x80\0\0\0\0"],
        "a continuation of nothing": [b"\x80\x81\0\0\0\0x"],
        "a new message in another": [b"\x01\x81\0\0\0\0x", b"\x81\x81\0\0\0\0y"],
        "a fragmented ping": [b"\x09\x80\0\0\0\0"],
        "no UTF-8": [b"\x81\x82\0\0\0\0\xc3\x28"],
        "a close code of one byte": [b"\x88\x81\0\0\0\0\x03"],
        "a close code that may not be sent": [b"\x88\x82\0\0\0\0\x03\xed"],
        "a close without a code": [b"\x88\x80\0\0\0\0"],
        "gone": [],
    }
    for what, parts in frames.items():
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        writer.write(
            b"GET /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: first\r\n\r\n"
        )
        head = await reader.readuntil(b"\r\n\r\n")
        accepted = [line for line in head.split(b"\r\n") if line.lower().startswith((b"http", b"sec-"))]
        for part in parts:
            writer.write(part)
        answer = b""
        try:
            async with asyncio.timeout(0.3):
                while data := await reader.read(1000):
                    answer += data
        except TimeoutError:
            pass
        print(what, accepted, answer)
        writer.transport.abort()
        await asyncio.sleep(0.02)


async def many():
    async def one(n):
        async with to("echo") as ws:
            await ws.send(f"number {n}")
            return await ws.recv()

    answers = await asyncio.gather(*(one(n) for n in range(50)))
    print(answers == [f"number {n}" for n in range(50)])


async def main():
    for scene in [echo, parts, join, ping, closes, troubles, by_hand, many]:
        print("--", scene.__name__)
        await scene()


asyncio.run(main())
