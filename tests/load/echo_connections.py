"""Many connections at once, all open before the first byte: every message comes back, nothing stays behind.

Arguments: connections, rounds. The server is a process of its own, so that each side needs one descriptor a connection.
"""
import asyncio
import os
import resource
import socket
import sys

CONNECTIONS = int(sys.argv[1]) if len(sys.argv) > 1 else 300
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 3
MESSAGES = 3


def pages():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * resource.getpagesize() // 1024


class Server:
    def __init__(self):
        self.open = self.most = self.handled = self.bytes = self.failed = 0

    async def echo(self, reader, writer):
        self.open += 1
        self.handled += 1
        self.most = max(self.most, self.open)
        try:
            while data := await reader.readline():
                self.bytes += len(data)
                writer.write(data)
                await writer.drain()
        except OSError:
            self.failed += 1
        finally:
            writer.close()
            self.open -= 1


async def serve(listening, done):
    server = Server()
    end = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().add_reader(done, end.set_result, None)
    async with await asyncio.start_server(server.echo, sock=listening, backlog=4096):
        await end
        asyncio.get_running_loop().remove_reader(done)
    # What is still open ends now: its clients have gone.
    for _ in range(100):
        if server.open == 0:
            break
        await asyncio.sleep(0.01)
    print("server:", server.handled, "handled,", server.most, "at once,", server.bytes, "bytes,", server.failed, "failed,", server.open, "open")
    print("server tasks left:", len(asyncio.all_tasks()) - 1)


async def client(port, number, everyone, stats):
    # An address of its own for every few thousand: the ports of one are not enough for several rounds.
    source = (f"127.0.{1 + number // 5000}.{2 + stats['round'] % 200}", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=source)
    stats["connected"] += 1
    await everyone.wait()
    for turn in range(MESSAGES):
        line = b"%d of %d: %s\n" % (turn, number, b"x" * (number % 100))
        writer.write(line)
        await writer.drain()
        answer = await reader.readline()
        stats["equal"] += answer == line
    writer.close()
    await writer.wait_closed()


async def clients(port, number):
    stats = {"connected": 0, "equal": 0, "round": number}
    everyone = asyncio.Barrier(CONNECTIONS)
    async with asyncio.TaskGroup() as group:
        for number in range(CONNECTIONS):
            group.create_task(client(port, number, everyone, stats))
            if number % 100 == 99:
                await asyncio.sleep(0)
    return stats["connected"], stats["equal"]


async def drive(port):
    # Whatever a loop opens when it first waits is open now.
    await asyncio.sleep(0.001)
    before = len(os.listdir("/proc/self/fd"))
    sizes = []
    for number in range(ROUNDS):
        print("round", number, *await clients(port, number))
        sizes.append(pages())
    print("descriptors left:", len(os.listdir("/proc/self/fd")) - before)
    print("client grows:", sizes[-1] > sizes[0] * 1.25 + 4096)
    print("client KiB after each round:", sizes, file=sys.stderr)


def main():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    listening = socket.create_server(("127.0.0.1", 0), backlog=4096)
    port = listening.getsockname()[1]
    done, finished = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(finished)
        asyncio.run(serve(listening, done))
        print("server KiB:", pages(), file=sys.stderr)
        return
    listening.close()
    os.close(done)
    asyncio.run(drive(port))
    sys.stdout.flush()
    os.close(finished)
    print("server's status:", os.waitpid(child, 0)[1])


main()
