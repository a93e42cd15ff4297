"""A server that closes and comes back on its port under load: each client repeats what was not answered, and in the
end every request has exactly one answer.

Arguments: clients, requests of each, restarts.
"""
import asyncio
import os
import sys
from collections import Counter

CLIENTS = int(sys.argv[1]) if len(sys.argv) > 1 else 20
REQUESTS = int(sys.argv[2]) if len(sys.argv) > 2 else 40
RESTARTS = int(sys.argv[3]) if len(sys.argv) > 3 else 4


class Server:
    def __init__(self):
        self.port = 0
        self.handled = 0
        self.running = set()

    async def handle(self, reader, writer):
        task = asyncio.current_task()
        self.running.add(task)
        try:
            while line := await reader.readline():
                await asyncio.sleep(0)
                self.handled += 1
                writer.write(b"answer to " + line)
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self.running.discard(task)
            writer.close()

    async def start(self):
        self.server = await asyncio.start_server(self.handle, "127.0.0.1", self.port, backlog=500)
        self.port = self.server.sockets[0].getsockname()[1]

    async def stop(self, how):
        self.server.close()
        match how % 3:
            case 0:
                self.server.close_clients()
            case 1:
                self.server.abort_clients()
            case 2:
                for task in list(self.running):
                    task.cancel()
        await self.server.wait_closed()


async def client(server, number, answers, troubles):
    reader = writer = None
    for request in range(REQUESTS):
        question = f"{number}/{request}"
        while True:
            try:
                if writer is None:
                    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
                writer.write(question.encode() + b"\n")
                await writer.drain()
                line = await reader.readline()
                if not line.endswith(b"\n"):
                    raise ConnectionResetError("the answer is not whole")
            except OSError as e:
                troubles[type(e).__name__] += 1
                if writer is not None:
                    writer.close()
                writer = None
                await asyncio.sleep(0.002)
            else:
                answers[question, line.decode().strip()] += 1
                break
    if writer is not None:
        writer.close()
        try:
            await writer.wait_closed()
        except ConnectionError:
            pass


async def main():
    # Whatever a loop opens when it first waits is open now.
    await asyncio.sleep(0.001)
    before = len(os.listdir("/proc/self/fd"))
    server, answers, troubles = Server(), Counter(), Counter()
    await server.start()
    tasks = [asyncio.create_task(client(server, number, answers, troubles)) for number in range(CLIENTS)]
    share = CLIENTS * REQUESTS // (RESTARTS + 1)
    for restart in range(RESTARTS):
        while server.handled < share * (restart + 1):
            await asyncio.sleep(0.001)
        await server.stop(restart)
        await asyncio.sleep(0.005)
        await server.start()
    await asyncio.gather(*tasks)
    await server.stop(0)
    right = {(f"{n}/{r}", f"answer to {n}/{r}") for n in range(CLIENTS) for r in range(REQUESTS)}
    print("answers:", len(answers), "each once:", set(answers.values()) == {1}, "right:", set(answers) == right)
    print("handled at least:", server.handled >= len(right), "troubles seen:", sum(troubles.values()) > 0)
    await asyncio.sleep(0.01)
    print("tasks left:", len(asyncio.all_tasks()) - 1, "descriptors left:", len(os.listdir("/proc/self/fd")) - before)
    print(server.handled, troubles, file=sys.stderr)


asyncio.run(main())
