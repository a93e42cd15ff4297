"""A TLS client of a server that sends each line back reversed. Arguments: port, certificate to trust."""
import asyncio
import ssl
import sys


async def talk(context, hostname):
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]), ssl=context, server_hostname=hostname)
    except ssl.SSLError as e:
        print(type(e).__name__, getattr(e, "verify_message", "") or e.reason)
        return
    tls = writer.get_extra_info("ssl_object")
    for text in [b"abc", b"hello, peer", b"x" * 3000 + b"y"]:
        writer.write(text + b"\n")
        line = (await reader.readline()).rstrip()
        print(len(line), line == text[::-1])
    print(tls.version())
    writer.close()
    try:
        await writer.wait_closed()
    except ssl.SSLError as e:
        print("closing:", e.reason)


async def main():
    trusting = ssl.create_default_context(cafile=sys.argv[2])
    await talk(trusting, "localhost")
    older = ssl.create_default_context(cafile=sys.argv[2])
    older.maximum_version = ssl.TLSVersion.TLSv1_2
    await talk(older, "localhost")
    await talk(trusting, "elsewhere.example")
    await talk(ssl.create_default_context(), "localhost")


asyncio.run(main())
