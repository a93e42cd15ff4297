import asyncio
import inspect


def check(title, call):
    try:
        print(title, call())
    except Exception as e:
        print(title, type(e).__name__, e)


async def acheck(title, call):
    try:
        print(title, await call)
    except Exception as e:
        print(title, type(e).__name__, e)


class Loop(asyncio.AbstractEventLoop):
    def time(self):
        return 7.0


class Log(asyncio.Transport):
    def __init__(self):
        super().__init__({"name": "log"})
        self.written = []

    def write(self, data):
        self.written.append(data)


class Server(asyncio.AbstractServer):
    closed = 0

    def close(self):
        self.closed += 1

    async def wait_closed(self):
        print("closed", self.closed)


async def main():
    loop = Loop()
    f = lambda: None
    print(loop.time())
    for name, args in [
        ("run_forever", ()), ("stop", ()), ("is_running", ()), ("call_soon", (f,)), ("call_later", (1, f)), ("call_at", (1, f)),
        ("create_future", ()), ("run_in_executor", (f, f)), ("set_default_executor", (f,)), ("add_reader", (1, f)),
        ("remove_writer", (1,)), ("add_signal_handler", (1, f)), ("get_debug", ()), ("set_task_factory", (None,)),
        ("call_exception_handler", ({},)), ("call_soon_threadsafe", (f,)),
    ]:
        check(name, lambda: getattr(loop, name)(*args))
    for name, args in [
        ("getaddrinfo", ("localhost", 80)), ("getnameinfo", (("127.0.0.1", 80),)), ("create_connection", (f,)),
        ("create_server", (f,)), ("create_datagram_endpoint", (f,)), ("sock_recv", (f, 10)), ("sock_recv_into", (f, bytearray())),
        ("sock_sendall", (f, b"")), ("sock_connect", (f, f)), ("sock_accept", (f,)), ("sock_sendfile", (f, f)), ("sendfile", (f, f)),
        ("connect_read_pipe", (f, f)), ("connect_write_pipe", (f, f)), ("subprocess_shell", (f, f)), ("subprocess_exec", (f,)),
        ("start_tls", (f, f, f)), ("connect_accepted_socket", (f, f)), ("create_unix_server", (f,)), ("shutdown_asyncgens", ()),
    ]:
        made = getattr(loop, name)(*args)
        print(inspect.iscoroutine(made), made.__qualname__)
        await acheck(name, made)
    check("arguments", lambda: loop.call_later(1))
    check("arguments", lambda: loop.sock_recv(1, 2, 3))
    check("arguments", lambda: loop.stop(now=True))

    t = asyncio.Transport()
    print([c.__name__ for c in asyncio.Transport.__mro__], asyncio.Transport.__bases__)
    for name, args in [
        ("is_closing", ()), ("close", ()), ("get_protocol", ()), ("set_protocol", (1,)), ("is_reading", ()), ("pause_reading", ()),
        ("write", (b"",)), ("write_eof", ()), ("can_write_eof", ()), ("abort", ()), ("set_write_buffer_limits", ()),
        ("get_write_buffer_size", ()),
    ]:
        check(name, lambda: getattr(t, name)(*args))
    print(t.get_extra_info("x"), t.get_extra_info("x", 5), asyncio.BaseTransport({"a": 1}).get_extra_info("a"))
    log = Log()
    log.writelines([b"one", b"two"])
    print(log.written, log.get_extra_info("name"), isinstance(log, asyncio.WriteTransport), isinstance(log, asyncio.DatagramTransport))
    d = asyncio.DatagramTransport()
    check("sendto", lambda: d.sendto(b""))
    s = asyncio.SubprocessTransport()
    for name, args in [("get_pid", ()), ("get_returncode", ()), ("get_pipe_transport", (1,)), ("send_signal", (1,)), ("kill", ())]:
        check(name, lambda: getattr(s, name)(*args))

    async with Server() as server:
        check("get_loop", lambda: server.get_loop())
        check("is_serving", lambda: server.is_serving())
        await acheck("serve_forever", server.serve_forever())
    policy = asyncio.AbstractEventLoopPolicy()
    for name in ("get_event_loop", "new_event_loop", "get_child_watcher"):
        check(name, lambda: getattr(policy, name)())
    p = asyncio.BufferedProtocol()
    print(p.get_buffer(10), p.buffer_updated(3), p.eof_received(), asyncio.SubprocessProtocol().pipe_data_received(1, b""))


asyncio.run(main())
