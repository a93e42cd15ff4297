import asyncio
import os
import tempfile


class Reader(asyncio.Protocol):
    def __init__(self):
        self.events = []
        self.over = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.events.append("made")

    def data_received(self, data):
        self.events.append(data)

    def eof_received(self):
        self.events.append("eof")

    def connection_lost(self, exc):
        self.events.append(("lost", exc))
        if not self.over.done():
            self.over.set_result(None)


class Writer(asyncio.BaseProtocol):
    def __init__(self):
        self.events = []
        self.over = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.events.append("made")

    def pause_writing(self):
        self.events.append("pause")

    def resume_writing(self):
        self.events.append("resume")

    def connection_lost(self, exc):
        self.events.append(("lost", type(exc).__name__))
        self.over.set_result(None)


async def main():
    loop = asyncio.get_running_loop()
    r, w = os.pipe()
    reading, reader = await loop.connect_read_pipe(Reader, os.fdopen(r, "rb", 0))
    writing, writer = await loop.connect_write_pipe(Writer, os.fdopen(w, "wb", 0))
    print(type(reading).__name__, type(writing).__name__)
    print(isinstance(reading, asyncio.ReadTransport), isinstance(writing, asyncio.WriteTransport))
    print(reading.is_reading(), writing.can_write_eof(), reading.get_extra_info("pipe") is not None)
    writing.write(b"one")
    await asyncio.sleep(0.01)
    reading.pause_reading()
    print("reading", reading.is_reading())
    writing.write(b"two")
    await asyncio.sleep(0.01)
    print(reader.events)
    reading.resume_reading()
    await asyncio.sleep(0.01)
    writing.set_write_buffer_limits(high=100)
    reading.pause_reading()
    big = b"x" * 500000
    writing.write(big)
    print("buffered", writing.get_write_buffer_size() > 0, writer.events)
    reading.resume_reading()
    writing.write_eof()
    writing.write(b"lost")
    await reader.over
    await writer.over
    got = b"".join(e for e in reader.events if isinstance(e, bytes))
    print(len(got), got[:6], [e for e in reader.events if not isinstance(e, bytes)])
    print(writer.events)

    r, w = os.pipe()
    writing, writer = await loop.connect_write_pipe(Writer, os.fdopen(w, "wb", 0))
    os.close(r)
    await writer.over
    print(writer.events)

    r, w = os.pipe()
    reading, reader = await loop.connect_read_pipe(Reader, os.fdopen(r, "rb", 0))
    reading.close()
    await reader.over
    print(reader.events, reading.is_closing())
    os.close(w)

    with tempfile.TemporaryFile() as f:
        for connect, protocol in ((loop.connect_read_pipe, Reader), (loop.connect_write_pipe, Writer)):
            try:
                await connect(protocol, f)
            except ValueError as e:
                print("ValueError", e)


asyncio.run(main())
