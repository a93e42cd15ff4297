"""HTTP/1.1 on asyncio's streams: connections that stay, pipelined requests, HEAD, bodies by length and in chunks.

Without a port it asks itself a few things and shows the answers.
"""
import asyncio
import json
import signal
import sys
from urllib.parse import parse_qs, unquote, urlsplit

REASONS = {
    200: "OK", 204: "No Content", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 413: "Content Too Large",
    431: "Request Header Fields Too Large", 500: "Internal Server Error", 501: "Not Implemented", 505: "HTTP Version Not Supported",
}
LARGEST = 1 << 20
IDLE = 75.0


class Refused(Exception):
    """A request that gets an answer and then the end of the connection."""

    def __init__(self, status, text=""):
        super().__init__(status)
        self.status, self.text = status, text


class Request:
    def __init__(self, method, target, version, headers):
        self.method, self.version, self.headers = method, version, headers
        parts = urlsplit(target)
        self.path, self.query = unquote(parts.path), parse_qs(parts.query)
        self.body = b""

    @property
    def keeps_open(self):
        wish = self.headers.get("connection", "").lower()
        return "close" not in wish and (self.version == "HTTP/1.1" or "keep-alive" in wish)


class Response:
    def __init__(self, body=b"", status=200, kind="text/plain; charset=utf-8", headers=(), chunks=None):
        self.body = body.encode() if isinstance(body, str) else body
        self.status, self.kind, self.headers, self.chunks = status, kind, headers, chunks


def parse_head(head):
    start, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    match start.split(" "):
        case [method, target, ("HTTP/1.1" | "HTTP/1.0") as version] if target:
            pass
        case [_, _, version] if version.startswith("HTTP/"):
            raise Refused(505)
        case _:
            raise Refused(400, "no request line")
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise Refused(400, f"no header: {line!r}")
        name, value = name.lower(), value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    if version == "HTTP/1.1" and "host" not in headers:
        raise Refused(400, "no host")
    return Request(method, target, version, headers)


async def read_chunks(reader):
    body = bytearray()
    while True:
        size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
        if len(body) + size > LARGEST:
            raise Refused(413)
        body += await reader.readexactly(size)
        if size == 0:
            while await reader.readuntil(b"\r\n") != b"\r\n":
                pass
            return bytes(body)
        if await reader.readexactly(2) != b"\r\n":
            raise Refused(400, "a chunk without its end")


async def read_request(reader, writer):
    """The next request of a connection, or None at its end."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as e:
        if e.partial.strip():
            raise Refused(400, "half a request") from None
        return None
    except asyncio.LimitOverrunError:
        raise Refused(431) from None
    request = parse_head(head.lstrip(b"\r\n"))
    coding, length = request.headers.get("transfer-encoding"), request.headers.get("content-length")
    if coding is None and length is None:
        return request
    if request.headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    try:
        if coding is not None:
            if coding.lower() != "chunked":
                raise Refused(501, f"transfer-encoding: {coding}")
            request.body = await read_chunks(reader)
        elif int(length) > LARGEST:
            raise Refused(413)
        else:
            request.body = await reader.readexactly(int(length))
    except (ValueError, asyncio.IncompleteReadError):
        raise Refused(400, "a body that is not as announced") from None
    return request


async def send(writer, response, head_only, keeps_open, chunked):
    lines = [f"HTTP/1.1 {response.status} {REASONS[response.status]}"]
    if response.status != 204:
        lines.append(f"Content-Type: {response.kind}")
    if response.chunks is None and response.status != 204:
        lines.append(f"Content-Length: {len(response.body)}")
    elif response.chunks is not None and chunked:
        lines.append("Transfer-Encoding: chunked")
    lines += [f"{name}: {value}" for name, value in response.headers]
    if not keeps_open:
        lines.append("Connection: close")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    if head_only or response.chunks is None:
        writer.write(head if head_only else head + response.body)
    else:
        writer.write(head)
        async for chunk in response.chunks:
            writer.write(b"%x\r\n%b\r\n" % (len(chunk), chunk) if chunked else chunk)
            await writer.drain()
        if chunked:
            writer.write(b"0\r\n\r\n")
    await writer.drain()


async def count(number):
    for n in range(number):
        await asyncio.sleep(0)
        yield b"%d\n" % n


async def answer(request):
    match request.method, request.path.strip("/").split("/"):
        case "GET" | "HEAD", [""]:
            return Response("hello\n")
        case "GET" | "HEAD", ["greet", name]:
            return Response(f"hello, {name}\n")
        case "GET" | "HEAD", ["query"]:
            return Response(json.dumps(request.query), kind="application/json")
        case "GET" | "HEAD", ["bytes", number] if number.isdecimal() and int(number) <= LARGEST:
            return Response(b"x" * int(number), kind="application/octet-stream")
        case "GET" | "HEAD", ["count", number] if number.isdecimal():
            return Response(chunks=count(int(number)))
        case "POST" | "PUT", ["echo"]:
            return Response(request.body, kind=request.headers.get("content-type", "application/octet-stream"))
        case "GET" | "HEAD", ["nothing"]:
            return Response(status=204)
        case "GET" | "HEAD", ["fail"]:
            raise ZeroDivisionError("as asked")
        case _, ["" | "query" | "echo" | "fail" | "nothing"] | ["greet" | "bytes" | "count", _]:
            return Response("not this way\n", 405, headers=[("Allow", "POST, PUT" if request.path == "/echo" else "GET, HEAD")])
        case _:
            return Response("nothing here\n", 404)


class Server:
    def __init__(self):
        self.connections = set()
        self.requests = 0

    async def connection(self, reader, writer):
        self.connections.add(asyncio.current_task())
        try:
            while True:
                try:
                    async with asyncio.timeout(IDLE):
                        request = await read_request(reader, writer)
                except Refused as e:
                    await send(writer, Response(e.text + "\n", e.status), False, False, False)
                    return
                if request is None:
                    return
                self.requests += 1
                try:
                    response = await answer(request)
                except Exception as e:
                    print(f"{request.method} {request.path}: {e!r}", file=sys.stderr)
                    response = Response("an error\n", 500)
                chunked = request.version == "HTTP/1.1"
                stays = request.keeps_open and (chunked or response.chunks is None)
                await send(writer, response, request.method == "HEAD", stays, chunked)
                if not stays:
                    return
        except (ConnectionError, TimeoutError):
            pass
        finally:
            self.connections.discard(asyncio.current_task())
            writer.close()

    async def start(self, port):
        return await asyncio.start_server(self.connection, "127.0.0.1", port, backlog=1000)

    async def stop(self, listening):
        listening.close()
        for task in list(self.connections):
            task.cancel()
        await asyncio.gather(*self.connections, return_exceptions=True)


async def serve(port):
    server, stop = Server(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    listening = await server.start(port)
    print("listening on", listening.sockets[0].getsockname()[1], flush=True)
    await stop.wait()
    await server.stop(listening)
    print(server.requests, "requests answered")


async def ask(port, *requests):
    """What comes back for some bytes, sent at once."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"".join(requests))
    writer.write_eof()
    text = (await reader.read()).decode("latin-1")
    writer.close()
    return text.replace("\r\n", "\n")


async def show():
    server = Server()
    listening = await server.start(0)
    port = listening.sockets[0].getsockname()[1]
    host = b"Host: here\r\n"
    print(await ask(port, b"GET / HTTP/1.1\r\n", host, b"\r\nHEAD /greet/J%C3%BCrgen HTTP/1.1\r\n", host, b"\r\n"))
    print(await ask(port, b"POST /echo HTTP/1.1\r\n", host, b"Content-Length: 5\r\n\r\n12345GET /count/3 HTTP/1.1\r\n", host, b"\r\n"))
    print(await ask(port, b"PUT /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"))
    print(await ask(port, b"GET /elsewhere HTTP/1.1\r\n", host, b"\r\nDELETE / HTTP/1.1\r\n", host, b"\r\nGET / HTTP/2.0\r\n\r\n"))
    await server.stop(listening)
    print(server.requests, "requests answered")


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])) if len(sys.argv) > 1 else show())
