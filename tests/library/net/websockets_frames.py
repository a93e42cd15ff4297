# Compression, fragments, limits and failures of a WebSocket, seen from both ends and as raw bytes.
import asyncio
import os
import websockets
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve


async def echo(ws):
    try:
        async for message in ws:
            await ws.send(message)
    except websockets.ConnectionClosed as e:
        print("server:", e)


async def raw(port, *frames, extensions=None, read=True):
    """A client that speaks bytes: what it gets back after the handshake."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    extra = f"Sec-WebSocket-Extensions: {extensions}\r\n" if extensions else ""
    writer.write(f"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {'A' * 22}==\r\nSec-WebSocket-Version: 13\r\n{extra}\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    chosen = [line for line in head.decode().split("\r\n") if line.lower().startswith("sec-websocket-extensions")]
    for frame in frames:
        writer.write(frame)
    data = b""
    if read:
        try:
            async with asyncio.timeout(1):
                data = await reader.read()
        except TimeoutError:
            data = b"(open)"
    writer.close()
    return chosen, data


def frame(first, data=b"", mask=True):
    out = bytes([first])
    n = len(data)
    bit = 0x80 if mask else 0
    out += bytes([bit | n]) if n < 126 else bytes([bit | 126]) + n.to_bytes(2, "big")
    return out + (b"\0\0\0\0" if mask else b"") + data


async def main():
    async with serve(echo, "127.0.0.1", 0, max_size=1000, close_timeout=1) as server:
        port = server.sockets[0].getsockname()[1]
        close = frame(0x88, b"\x03\xe8bye")
        for label, frames, ext in [
            ("plain", [frame(0x81, b"hello"), close], None),
            ("deflate", [frame(0xC1, bytes.fromhex("f248cdc9c90700")), close], "permessage-deflate; client_max_window_bits"),
            ("deflate off", [frame(0x81, b"hello"), close], "permessage-deflate"),
            ("no context", [frame(0xC1, bytes.fromhex("f248cdc9c90700")), frame(0xC1, bytes.fromhex("f248cdc9c90700")), close], "permessage-deflate; server_no_context_takeover; client_no_context_takeover"),
            ("bits", [close], "permessage-deflate; server_max_window_bits=10; client_max_window_bits=9"),
            ("second offer", [close], "permessage-deflate; nope=1, permessage-deflate"),
            ("unknown ext", [close], "x-other"),
            ("bad deflate", [frame(0xC1, b"\xff\xff\xff\xff")], "permessage-deflate"),
            ("fragments", [frame(0x01, b"one "), frame(0x00, b"two "), frame(0x89, b"ping"), frame(0x80, b"three"), close], None),
            ("unmasked", [frame(0x81, b"hello", mask=False)], None),
            ("rsv", [frame(0xF1, b"hello")], None),
            ("rsv1", [frame(0xC1, b"hello")], None),
            ("opcode", [frame(0x83, b"hello")], None),
            ("cont", [frame(0x80, b"hello")], None),
            ("nocont", [frame(0x01, b"hello"), frame(0x81, b"x")], None),
            ("longping", [frame(0x89, b"x" * 126)], None),
            ("fragping", [frame(0x09, b"x")], None),
            ("utf8", [frame(0x81, b"ab\xff")], None),
            ("utf8 cut", [frame(0x81, b"ab\xe2\x82")], None),
            ("utf8 split", [frame(0x01, b"\xe2\x82"), frame(0x80, b"\xac"), close], None),
            ("too big", [frame(0x82, b"x" * 1001)], None),
            ("too big parts", [frame(0x02, b"x" * 600), frame(0x80, b"x" * 401)], None),
            ("close 1", [frame(0x88, b"\x03")], None),
            ("close code", [frame(0x88, b"\x03\xec")], None),
            ("close empty", [frame(0x88)], None),
            ("close utf8", [frame(0x88, b"\x03\xe8\xff")], None),
            ("close in message", [frame(0x01, b"x"), close], None),
        ]:
            print(label, *await raw(port, *frames, extensions=ext))
        await raw(port, frame(0x81, b"then gone"), read=False)
        await asyncio.sleep(0.1)
    async with serve(echo, "127.0.0.1", 0, compression=None) as server:
        port = server.sockets[0].getsockname()[1]
        print("no compression", *await raw(port, close, extensions="permessage-deflate"))

    async def parts(ws):
        async for fragment in ws.recv_streaming():
            print("fragment", repr(fragment))
        async for fragment in ws.recv_streaming(decode=False):
            print("fragment", repr(fragment))
        try:
            await ws.recv(decode=False)
        except websockets.ConnectionClosedOK as e:
            print("parts", e)

    async with serve(parts, "127.0.0.1", 0) as server:
        async with connect(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}") as ws:
            print(ws.response.headers.get("Sec-WebSocket-Extensions"), ws.request.headers["Sec-WebSocket-Extensions"])
            await ws.send(["a", "", "bé"])
            await ws.send([b"x", b"y"])
        await asyncio.sleep(0.05)

    async with serve(echo, "127.0.0.1", 0, max_size=None) as server:
        uri = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for compression in ["deflate", None]:
            async with connect(uri, compression=compression, max_size=2**22) as ws:
                for message in ["", "é" * 1000, b"", os.urandom(70000), "x" * 200000, b"\0" * 3000000]:
                    await ws.send(message)
                    back = await ws.recv()
                    print(type(back).__name__, len(back), back == message)
                await ws.send(b"bytes as text", text=True)
                print(await ws.recv(), None)
                await ws.send("text as bytes", text=False)
                print(await ws.recv())
                await ws.send("é")
                print(await ws.recv(decode=False))
                await ws.send(b"\xc3\xa9")
                print(await ws.recv(decode=True))
        async with connect(uri, max_size=100) as ws:
            await ws.send("x" * 1000)
            try:
                await ws.recv()
            except websockets.ConnectionClosedError as e:
                print(e)
        async with connect(uri, max_size=100, compression=None) as ws:
            await ws.send(["x" * 60, "y" * 60])
            try:
                await ws.recv()
            except websockets.ConnectionClosedError as e:
                print(e)
        async with connect(uri) as ws:
            for bad in [5, {"a": 1}, None]:
                try:
                    await ws.send(bad)
                except Exception as e:
                    print(type(e).__name__, e)
            for code, reason in [(1006, ""), (999, ""), (1000, "x" * 124), (5000, "")]:
                try:
                    await ws.close(code, reason)
                except Exception as e:
                    print(type(e).__name__, e)
            print(ws.state.name)
        for args in [{"compression": "gzip"}, {"subprotocols": "abc"}]:
            try:
                await connect(uri, **args)
            except Exception as e:
                print(type(e).__name__, e)

    async def liar(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        key = [line.split(": ")[1] for line in head.split("\r\n") if line.startswith("Sec-WebSocket-Key")][0]
        from base64 import b64encode
        from hashlib import sha1
        answer = b64encode(sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
        path = head.split(" ")[1]
        ext = {"/a": "x-other", "/b": "permessage-deflate; what=1", "/c": "permessage-deflate, permessage-deflate", "/d": "permessage-deflate; server_max_window_bits=99", "/e": "permessage-deflate; server_no_context_takeover"}[path]
        writer.write(f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {answer}\r\nSec-WebSocket-Extensions: {ext}\r\n\r\n".encode())
        if path == "/e":
            writer.write(bytes.fromhex("c107f248cdc9c90700") + bytes.fromhex("c107f248cdc9c90700") + b"\x88\x02\x03\xe8")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(liar, "127.0.0.1", 0)
    for path in "abcde":
        try:
            async with connect(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/{path}") as ws:
                async for message in ws:
                    print(path, message)
        except Exception as e:
            print(path, type(e).__name__, e)
    server.close()


asyncio.run(main())
