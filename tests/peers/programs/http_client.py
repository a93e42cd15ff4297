"""`http.client`, `urllib.request` and plain streams against a server that others wrote. Arguments: its port, its protocol."""
import asyncio
import http.client
import sys
import urllib.error
import urllib.request

PORT = int(sys.argv[1])


def shown(headers):
    return sorted((name, value) for name, value in headers.items() if name.lower() not in ("date", "server", "last-modified"))


def one_connection():
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=10)
    for method, path in [("GET", "/hello.txt"), ("HEAD", "/hello.txt"), ("GET", "/missing"), ("GET", "/big.bin"), ("GET", "/"), ("PUT", "/hello.txt")]:
        connection.request(method, path, headers={"X-Asked-By": "a peer"})
        answer = connection.getresponse()
        body = answer.read()
        print(method, path, answer.status, answer.reason, answer.version, len(body), body[:40], shown(answer.headers))
        if method == "PUT" or not answer.isclosed():
            connection.close()
    connection.request("GET", "/folder")
    answer = connection.getresponse()
    print("redirect:", answer.status, answer.headers["Location"], answer.read())
    connection.close()


def with_urllib():
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/hello.txt", timeout=10) as answer:
        print(answer.status, answer.headers["Content-Type"], answer.read(), answer.url.split(":")[-1].partition("/")[2])
        modified = answer.headers["Last-Modified"]
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}/hello.txt", headers={"If-Modified-Since": modified})
    for target in [request, f"http://127.0.0.1:{PORT}/missing", f"http://127.0.0.1:{PORT}/folder"]:
        try:
            with urllib.request.urlopen(target, timeout=10) as answer:
                print(answer.status, len(answer.read()))
        except urllib.error.HTTPError as e:
            print("HTTPError", e.code, e.reason, e)
    try:
        urllib.request.urlopen("http://127.0.0.1:1/", timeout=10)
    except urllib.error.URLError as e:
        print("URLError", e)


async def fetch(path, count):
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    sizes = set()
    for _ in range(count):
        writer.write(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
        sizes.add((head.split(b"\r\n")[0], len(await reader.readexactly(length))))
    writer.close()
    await writer.wait_closed()
    return sizes


async def with_streams():
    results = await asyncio.gather(*(fetch(path, count) for path, count in [("/hello.txt", 20), ("/big.bin", 20), ("/missing", 1)] for _ in range(10)))
    print(sorted(set().union(*results)))


one_connection()
with_urllib()
if sys.argv[2] == "HTTP/1.1":
    asyncio.run(with_streams())
