import asyncio
import io
import socket
import tempfile


class Sink(asyncio.Protocol):
    def __init__(self):
        self.data = b""
        self.over = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.data += data

    def connection_lost(self, exc):
        self.over.set_result(exc)


CONTENT = bytes(range(256)) * 2000


async def sock_pair(loop):
    a, b = socket.socketpair()
    a.setblocking(False)
    b.setblocking(False)
    return a, b


async def receive(loop, sock):
    data = b""
    while chunk := await loop.sock_recv(sock, 65536):
        data += chunk
    return data


async def by_socket(loop, file, *args, **kw):
    a, b = await sock_pair(loop)
    with a, b:
        receiving = asyncio.create_task(receive(loop, b))
        try:
            n = await loop.sock_sendfile(a, file, *args, **kw)
        except Exception as e:
            print(type(e).__name__, e)
            n = None
        a.shutdown(socket.SHUT_WR)
        data = await receiving
        print(n, len(data), data[:4], file.tell())
        return data


async def by_transport(loop, file, *args, **kw):
    sinks = []

    def factory():
        sinks.append(Sink())
        return sinks[-1]

    server = await loop.create_server(factory, "127.0.0.1", 0)
    transport, protocol = await loop.create_connection(Sink, *server.sockets[0].getsockname())
    transport.write(b"head ")
    try:
        n = await loop.sendfile(transport, file, *args, **kw)
    except Exception as e:
        print(type(e).__name__, e)
        n = None
    transport.write(b" tail")
    transport.close()
    await protocol.over
    await sinks[0].over
    data = sinks[0].data
    print(n, len(data), data[:7], data[-6:], file.tell())
    try:
        await loop.sendfile(transport, file)
    except RuntimeError as e:
        print("RuntimeError", e)
    server.close()
    await server.wait_closed()


async def main():
    loop = asyncio.get_running_loop()
    with tempfile.TemporaryFile() as file:
        file.write(CONTENT)
        file.flush()
        file.seek(0)
        print((await by_socket(loop, file)) == CONTENT)
        await by_socket(loop, file, 1000)
        await by_socket(loop, file, 1000, 5000)
        await by_socket(loop, file, 0, 10, fallback=False)
        await by_transport(loop, file)
        await by_transport(loop, file, 10, 20)
        for bad in ((-1,), ("x",), (0, 0), (0, -1), (0, "y")):
            await by_socket(loop, file, *bad)
    memory = io.BytesIO(CONTENT)
    await by_socket(loop, memory, 3)
    await by_socket(loop, memory, 3, 7, fallback=False)
    await by_transport(loop, io.BytesIO(CONTENT), 3, 70000)

    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with receiver, sender:
        for s in (receiver, sender):
            s.bind(("127.0.0.1", 0))
            s.setblocking(False)
        buf = bytearray(10)
        waiting = asyncio.create_task(loop.sock_recvfrom_into(receiver, buf))
        await asyncio.sleep(0)
        print(await loop.sock_sendto(sender, b"abc", receiver.getsockname()))
        n, address = await waiting
        print(n, address == sender.getsockname(), bytes(buf))
        await loop.sock_sendto(sender, b"defghi", receiver.getsockname())
        n, address = await loop.sock_recvfrom_into(receiver, buf, 2)
        print(n, bytes(buf))
        await loop.sock_sendto(sender, b"xyz", receiver.getsockname())
        data, address = await loop.sock_recvfrom(receiver, 100)
        print(data, address == sender.getsockname())

    listener = socket.socket()
    with listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        accepting = asyncio.create_task(loop.sock_accept(listener))
        await asyncio.sleep(0)
        accepting.cancel()
        client = socket.socket()
        client.setblocking(False)
        second = asyncio.create_task(loop.sock_accept(listener))
        await loop.sock_connect(client, listener.getsockname())
        conn, address = await second
        print(conn.getblocking(), address == client.getsockname(), accepting.cancelled())
        # A cancelled operation leaves the one after it alone.
        first = asyncio.create_task(loop.sock_recv(conn, 10))
        await asyncio.sleep(0)
        first.cancel()
        next_one = asyncio.create_task(loop.sock_recv(conn, 10))
        await asyncio.sleep(0)
        await loop.sock_sendall(client, b"data")
        print(await next_one, first.cancelled())
        client.close()
        conn.close()
        address = listener.getsockname()
    client = socket.socket()
    client.setblocking(False)
    with client:
        try:
            await loop.sock_connect(client, address)
        except ConnectionRefusedError as e:
            print("refused", "Connect call failed" in str(e))


asyncio.run(main())
