# Answers that are strange, wrong or cut off, and what httpx says of each.
import asyncio
import httpx

ANSWERS = {
    "ok": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "noreason": b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",
    "emptyreason": b"HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok",
    "http10": b"HTTP/1.0 200 OK\r\n\r\nuntil the end",
    "untilclosed": b"HTTP/1.1 200 OK\r\n\r\nuntil the end",
    "lf": b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
    "fold": b"HTTP/1.1 200 OK\r\nX-Fold: a\r\n  b\r\n\tc\r\nContent-Length: 2\r\n\r\nok",
    "continue": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "twolengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
    "commalengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
    "badlengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
    "wordlength": b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok",
    "minus": b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
    "te": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok",
    "tete": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "TE": b"HTTP/1.1 200 OK\r\ntransfer-encoding: CHUNKED\r\n\r\n3;ext=1\r\nabc\r\n2 \r\nde\r\n0\r\nTrailer: x\r\n\r\n",
    "both": b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "badchunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n",
    "badfooter": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcXX0\r\n\r\n",
    "cutchunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
    "cuttrailer": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n",
    "short": b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
    "long": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more",
    "cuthead": b"HTTP/1.1 200 OK\r\nContent-Le",
    "nothing": b"",
    "garbage": b"hello there\r\n\r\n",
    "noversion": b"200 OK\r\n\r\n",
    "http2": b"HTTP/2 200 OK\r\n\r\n",
    "status": b"HTTP/1.1 20 OK\r\n\r\n",
    "status99": b"HTTP/1.1 099 OK\r\n\r\n",
    "status600": b"HTTP/1.1 600 What\r\nContent-Length: 0\r\n\r\n",
    "badheader": b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
    "spaceheader": b"HTTP/1.1 200 OK\r\nX-A : b\r\n\r\n",
    "firstfold": b"HTTP/1.1 200 OK\r\n X-A: b\r\n\r\n",
    "nul": b"HTTP/1.1 200 OK\r\nX-A: a\x00b\r\n\r\n",
    "binary": b"\x16\x03\x01\x00",
    "204": b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
    "304": b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n",
    "empty": b"\r\nHTTP/1.1 200 OK\r\n\r\n",
    "latin": b"HTTP/1.1 200 Tr\xe8s bien\r\nX-L: caf\xe9\r\nContent-Length: 0\r\n\r\n",
    "utf8": "HTTP/1.1 200 OK\r\nX-U: naïve\r\nContent-Length: 0\r\n\r\n".encode(),
    "huge": b"HTTP/1.1 200 OK\r\nX-Huge: " + b"x" * 120000 + b"\r\nContent-Length: 0\r\n\r\n",
    "big": b"HTTP/1.1 200 OK\r\nX-Big: " + b"x" * 50000 + b"\r\nContent-Length: 0\r\n\r\n",
}


async def serve(reader, writer):
    head = await reader.readuntil(b"\r\n\r\n")
    name = head.split(b" ")[1].decode().strip("/")
    writer.write(ANSWERS[name])
    try:
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    except OSError:
        pass


def sync_part(base):
    with httpx.Client(headers={"Connection": "close"}) as c:
        for name in ANSWERS:
            try:
                r = c.get(f"{base}/{name}")
                print("sync", name, r.status_code, r.content[:40])
            except httpx.HTTPError as e:
                print("sync", name, type(e).__name__, e)


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient() as c:
        for name in ANSWERS:
            try:
                r = await c.get(f"{base}/{name}")
                print(name, r.status_code, r.reason_phrase, r.http_version, r.content[:40])
                print("   ", [(k, v[:20]) for k, v in r.headers.raw], r.headers.encoding, r.extensions.get("reason_phrase"))
                if name == "utf8":
                    print(r.headers["x-u"])
            except httpx.HTTPError as e:
                print(name, type(e).__name__, e, e.request.url.path)
        for name in ["ok", "204", "short"]:
            try:
                r = await c.head(f"{base}/{name}")
                print("head", name, r.status_code, r.content)
            except httpx.HTTPError as e:
                print("head", name, type(e).__name__, e)
    await asyncio.to_thread(sync_part, base)
    server.close()


asyncio.run(main())
