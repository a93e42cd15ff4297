# HTTP/2 without TLS ("prior knowledge") against a server that is written here, frame by frame.
import asyncio
import socket
import struct
import threading

import httpx

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
END_STREAM, END_HEADERS, ACK = 1, 4, 1


def literal(name, value):
    """A header that goes into no table, without Huffman coding (RFC 7541, 6.2.2)."""
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


class Http2Server:
    """Answers stream by stream; what it does depends on the stream's number and the body's length only."""

    def __init__(self, answer):
        self.answer = answer
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.sock.getsockname()[1]}"
        self.connections = 0
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            conn, _ = self.sock.accept()
            self.connections += 1
            threading.Thread(target=self.serve, args=(conn,), daemon=True).start()

    def serve(self, conn):
        file = conn.makefile("rb")
        assert file.read(24) == b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        conn.sendall(frame(SETTINGS, 0, 0))
        bodies = {}
        while head := file.read(9):
            length, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
            stream = int.from_bytes(head[5:], "big") & 0x7FFFFFFF
            payload = file.read(length)
            if kind == SETTINGS and not flags & ACK:
                conn.sendall(frame(SETTINGS, ACK, 0))
            elif kind == PING and not flags & ACK:
                conn.sendall(frame(PING, ACK, 0, payload))
            elif kind == DATA:
                bodies[stream] = bodies.get(stream, 0) + length
                if length:
                    update = struct.pack(">I", length)
                    conn.sendall(frame(WINDOW_UPDATE, 0, 0, update) + frame(WINDOW_UPDATE, 0, stream, update))
            if kind in (HEADERS, DATA) and flags & END_STREAM:
                if not self.answer(conn, stream, bodies.get(stream, 0)):
                    break
        file.close()
        conn.close()


def simple(conn, stream, size):
    body = f"stream {stream}, {size} bytes".encode()
    headers = literal(b":status", b"200") + literal(b"content-type", b"text/plain") + literal(b"x-two", b"a") + literal(b"x-two", b"b")
    conn.sendall(frame(HEADERS, END_HEADERS, stream, headers) + frame(DATA, END_STREAM, stream, body))
    return True


def show(response):
    print(response.http_version, response.status_code, repr(response.reason_phrase), response.text)


server = Http2Server(simple)
with httpx.Client(http1=False, http2=True) as client:
    for _ in range(3):
        show(client.get(server.url + "/path"))
    response = client.post(server.url, content=b"x" * 100_000)
    show(response)
    print(response.headers.get_list("x-two"), response.headers["content-type"])
print("connections", server.connections)


def pieces(conn, stream, size):
    conn.sendall(frame(HEADERS, END_HEADERS, stream, literal(b":status", b"206") + literal(b"content-encoding", b"identity")))
    for n in range(5):
        conn.sendall(frame(DATA, 0, stream, bytes([97 + n]) * 1000))
    conn.sendall(frame(DATA, END_STREAM, stream))
    return True


server = Http2Server(pieces)
with httpx.Client(http1=False, http2=True) as client:
    with client.stream("GET", server.url) as response:
        print(response.status_code, sum(len(chunk) for chunk in response.iter_bytes()))
    print(client.get(server.url).content[::1000])


def nothing(conn, stream, size):
    conn.sendall(frame(HEADERS, END_HEADERS | END_STREAM, stream, literal(b":status", b"204") + literal(b"etag", b"\"1\"")))
    return True


with httpx.Client(http1=False, http2=True) as client:
    response = client.delete(Http2Server(nothing).url)
    print(response.status_code, response.content, response.headers["etag"], response.headers.get("content-length"))


async def main():
    server = Http2Server(simple)
    async with httpx.AsyncClient(http1=False, http2=True) as client:
        show(await client.get(server.url))
        answers = await asyncio.gather(*(client.post(server.url, json={"n": n}) for n in range(10)))
        print(sorted({a.http_version for a in answers}), len({a.text for a in answers}), {a.status_code for a in answers})
        print("one connection for all:", server.connections == 1)

    def refuse(conn, stream, size):
        conn.sendall(frame(RST_STREAM, 0, stream, struct.pack(">I", 7)))
        return True

    async with httpx.AsyncClient(http1=False, http2=True) as client:
        try:
            await client.get(Http2Server(refuse).url)
        except httpx.HTTPError as e:
            print("refused:", type(e).__name__)

    def vanish(conn, stream, size):
        return False

    async with httpx.AsyncClient(http1=False, http2=True) as client:
        try:
            await client.get(Http2Server(vanish).url)
        except httpx.HTTPError as e:
            print("vanished:", type(e).__name__)

    def slow(conn, stream, size):
        return True

    async with httpx.AsyncClient(http1=False, http2=True, timeout=0.1) as client:
        try:
            await client.get(Http2Server(slow).url)
        except httpx.HTTPError as e:
            print("slow:", type(e).__name__)


asyncio.run(main())
