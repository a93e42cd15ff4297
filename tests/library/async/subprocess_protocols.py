import asyncio


class Recorder(asyncio.SubprocessProtocol):
    def __init__(self):
        self.events = []
        self.data = {1: b"", 2: b""}
        self.over = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        self.events.append("made")

    def pipe_data_received(self, fd, data):
        self.data[fd] += data

    def pipe_connection_lost(self, fd, exc):
        self.events.append(("pipe lost", fd, exc))

    def process_exited(self):
        self.events.append("exited")

    def connection_lost(self, exc):
        self.events.append(("lost", exc))
        self.over.set_result(None)


async def run(title, factory, *args, write=None, **kw):
    loop = asyncio.get_running_loop()
    method = loop.subprocess_shell if len(args) == 1 else loop.subprocess_exec
    transport, protocol = await method(factory, *args, **kw)
    print(title, isinstance(transport, asyncio.SubprocessTransport), protocol is protocol.transport.get_protocol())
    if write is not None:
        stdin = transport.get_pipe_transport(0)
        print("  stdin", isinstance(stdin, asyncio.WriteTransport), stdin.can_write_eof())
        stdin.write(write)
        stdin.close()
        print("  closing", stdin.is_closing())
    await protocol.over
    print("  data", protocol.data)
    print("  code", transport.get_returncode(), "closing", transport.is_closing())
    print("  first", protocol.events[0], "last", protocol.events[-1])
    print("  pipes", sorted(e[1] for e in protocol.events if e[0] == "pipe lost"), "exited", protocol.events.count("exited"))
    transport.close()
    try:
        transport.send_signal(15)
    except ProcessLookupError:
        print("  gone")


async def refused(call):
    try:
        await call
    except (ValueError, TypeError, FileNotFoundError) as e:
        print(type(e).__name__, e)


async def main():
    loop = asyncio.get_running_loop()
    await run("cat", Recorder, "/bin/cat", "-", write=b"hello")
    await run("shell", Recorder, "echo out; echo err >&2; exit 3")
    await run("merged", Recorder, "echo out; echo err >&2", stderr=asyncio.subprocess.STDOUT)
    await run("quiet", Recorder, "echo nobody hears", stdout=asyncio.subprocess.DEVNULL)

    transport, protocol = await loop.subprocess_exec(Recorder, "/bin/sleep", "60")
    transport.terminate()
    await protocol.over
    print("terminated", transport.get_returncode())

    transport, protocol = await loop.subprocess_exec(Recorder, "/bin/sleep", "60")
    transport.close()
    await protocol.over
    print("closed", transport.get_returncode())

    await refused(loop.subprocess_shell(Recorder, 17))
    await refused(loop.subprocess_shell(Recorder, "true", shell=False))
    await refused(loop.subprocess_exec(Recorder, "true", shell=True))
    await refused(loop.subprocess_exec(Recorder, "true", bufsize=4096))
    await refused(loop.subprocess_exec(Recorder, "true", universal_newlines=True))
    await refused(loop.subprocess_exec(Recorder, "true", text=True))
    await refused(asyncio.create_subprocess_exec("true", encoding="utf-8"))
    await refused(asyncio.create_subprocess_shell("true", errors="strict"))
    await refused(asyncio.create_subprocess_exec("/nowhere/at/all"))

    process = await asyncio.create_subprocess_exec("/bin/cat", stdin=-1, stdout=-1)
    out, err = await process.communicate(b"x" * 200000)
    print(len(out), err, process.returncode, process._transport.get_pid() == process.pid)


asyncio.run(main())
