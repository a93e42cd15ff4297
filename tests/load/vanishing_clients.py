"""Clients that go in the middle of a message, each in its way: the server tells the ways apart and keeps nothing.

Arguments: clients, rounds.
"""
import asyncio
import os
import socket
import struct
import sys
from collections import Counter

CLIENTS = int(sys.argv[1]) if len(sys.argv) > 1 else 200
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 3
LENGTH = 20_000
WAYS = ["complete", "reset", "half", "half closed", "silent", "unread"]


async def handle(reader, writer, seen):
    way = "?"
    try:
        way = WAYS[(await reader.readexactly(1))[0]]
        writer.write(b"!")
        await writer.drain()
        body = await reader.readexactly(LENGTH)
        writer.write(body * (200 if way == "unread" else 1))
        await writer.drain()
        # How much of an answer that nobody reads fits into the system's buffers is the system's business.
        seen[way, "reset" if way == "unread" else "answered"] += 1
    except asyncio.IncompleteReadError as e:
        seen[way, f"incomplete {len(e.partial)}"] += 1
    except (ConnectionResetError, BrokenPipeError):
        seen[way, "reset"] += 1
    finally:
        writer.close()
        try:
            await writer.wait_closed()
        except (ConnectionResetError, BrokenPipeError):
            pass


def reset(writer):
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def client(port, way, answers):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(bytes([WAYS.index(way)]))
    await reader.readexactly(1)
    match way:
        case "complete":
            writer.write(b"c" * LENGTH)
            body = await reader.readexactly(LENGTH)
            answers[way] += len(body)
        case "reset":
            writer.write(b"r" * (LENGTH // 2))
            await writer.drain()
            reset(writer)
        case "half":
            writer.write(b"h" * (LENGTH // 2))
            await writer.drain()
        case "half closed":
            writer.write(b"e" * LENGTH)
            writer.write_eof()
            body = await reader.read()
            answers[way] += len(body)
        case "silent":
            pass
        case "unread":
            writer.write(b"u" * LENGTH)
            await reader.readexactly(10)
            reset(writer)
    writer.close()
    try:
        await writer.wait_closed()
    except (ConnectionResetError, BrokenPipeError):
        answers["closing failed"] += 1


async def main():
    seen = Counter()
    # Whatever a loop opens when it first waits is open now.
    await asyncio.sleep(0.001)
    before = len(os.listdir("/proc/self/fd"))
    async with await asyncio.start_server(lambda r, w: handle(r, w, seen), "127.0.0.1", 0, backlog=1000) as server:
        port = server.sockets[0].getsockname()[1]
        opened = len(os.listdir("/proc/self/fd"))
        for number in range(ROUNDS):
            answers = Counter()
            async with asyncio.TaskGroup() as group:
                for index in range(CLIENTS):
                    group.create_task(client(port, WAYS[index % len(WAYS)], answers))
            while len(asyncio.all_tasks()) > 1:
                await asyncio.sleep(0.005)
            print("round", number, sorted(answers.items()))
            await asyncio.sleep(0.01)
            print("descriptors left:", len(os.listdir("/proc/self/fd")) - opened)
    for (way, how), count in sorted(seen.items()):
        print(f"{way}: {how} × {count}")
    await asyncio.sleep(0)
    print("descriptors left:", len(os.listdir("/proc/self/fd")) - before)


asyncio.run(main())
