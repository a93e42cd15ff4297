# Answers every request after a while that grows with the length of its path, so that requests made at once are
# answered in a known order.
import asyncio
import sys


async def answer(reader, writer):
    request = await reader.readuntil(b"\r\n\r\n")
    path = request.split(b" ")[1]
    await asyncio.sleep(0.1 + 0.02 * len(path))
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s" % (len(path), path))
    await writer.drain()
    writer.close()


async def main():
    host, port = sys.argv[1:]
    server = await asyncio.start_server(answer, host, int(port))
    print("listening", flush=True)
    await server.serve_forever()


asyncio.run(main())
