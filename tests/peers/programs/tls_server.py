"""A TLS server that answers lines in capitals. Arguments: certificate, key. Prints its port, then what each client was."""
import asyncio
import signal
import ssl
import sys


async def handle(reader, writer):
    tls = writer.get_extra_info("ssl_object")
    try:
        while line := await reader.readline():
            writer.write(line.upper())
            await writer.drain()
        print(tls.version(), tls.selected_alpn_protocol(), "closed", flush=True)
    except ssl.SSLError as e:
        print("SSLError", e.reason, flush=True)
    finally:
        writer.close()


async def main():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    context.set_alpn_protocols(["lines", "http/1.1"])
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await stop.wait()


asyncio.run(main())
