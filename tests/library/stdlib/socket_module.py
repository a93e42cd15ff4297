import socket, threading
srv = socket.create_server(("127.0.0.1", 0))
print(srv.family, srv.type, srv.getsockname()[0])
def serve():
    c, a = srv.accept()
    with c, c.makefile("rwb") as f:
        line = f.readline(); f.write(line.upper()); f.flush()
t = threading.Thread(target=serve); t.start()
with socket.create_connection(srv.getsockname(), timeout=5) as s:
    s.sendall(b"hello\n"); print(s.makefile("r").readline(), s.gettimeout())
t.join(); srv.close(); print("closed" in repr(srv))
a, b = socket.socketpair(); a.send(b"x"); print(b.recv(5), a.family, a.type); a.close(); b.close()
print(socket.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM))
try: socket.create_connection(("127.0.0.1", 1), timeout=1)
except OSError as e: print(type(e).__name__, e)
