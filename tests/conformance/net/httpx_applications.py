# Transports that stay inside the program: ASGI and WSGI applications, functions, own classes.
import asyncio
import httpx


async def app(scope, receive, send):
    if scope["path"] == "/boom":
        raise ValueError("in the app")
    if scope["path"] == "/late":
        await send({"type": "http.response.start", "status": 202, "headers": [(b"x-a", b"1")]})
        raise KeyError("after the start")
    body = b""
    n = 0
    while True:
        message = await receive()
        n += 1
        body += message["body"]
        if not message["more_body"]:
            break
    shown = {k: v for k, v in scope.items() if k != "headers"}
    print(sorted(shown.items()), scope["headers"], body)
    await send({"type": "http.response.start", "status": 201, "headers": [(b"Content-Type", b"text/plain"), (b"x-n", str(n > 1).encode())]})
    await send({"type": "http.response.body", "body": b"one ", "more_body": True})
    await send({"type": "http.response.body", "body": b"two"})
    print((await receive())["type"])


def wsgi(environ, start_response):
    if environ["PATH_INFO"] == "/boom":
        raise ValueError("in wsgi")
    if environ["PATH_INFO"] == "/info":
        import sys
        try:
            1 / 0
        except ZeroDivisionError:
            start_response("500 Oops", [], sys.exc_info())
        return [b"failed"]
    print(sorted((k, v) for k, v in environ.items() if isinstance(v, (str, bool, tuple))))
    print(environ["wsgi.input"].read())
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-B", "2")])
    return [b"", b"hello ", b"wsgi"]


class Own(httpx.BaseTransport):
    def handle_request(self, request):
        return httpx.Response(200, json={"path": request.url.path, "via": "own"}, request=request)

    def close(self):
        print("own closed")


class AOwn(httpx.AsyncBaseTransport):
    async def handle_async_request(self, request):
        await asyncio.sleep(0)
        if request.url.path == "/fail":
            raise httpx.ConnectError("no way", request=request)

        async def parts():
            yield b"part one,"
            yield b"part two"

        class Stream(httpx.AsyncByteStream):
            async def __aiter__(self):
                async for p in parts():
                    yield p

            async def aclose(self):
                print("stream closed")

        return httpx.Response(200, stream=Stream(), headers={"X": "y"})

    async def aclose(self):
        print("async own closed")


async def main():
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as c:
        r = await c.get("/a%20b?q=1", headers={"X-Y": "z"})
        print(r, r.text, r.headers, r.request.url, r.http_version)
        r = await c.post("/p", json={"a": 1})
        print(r.status_code, r.content)
        r = await c.head("/p")
        print(r.status_code, r.content)
        try:
            await c.get("/boom")
        except ValueError as e:
            print("raised", e)
        async with c.stream("GET", "/s") as r:
            print([chunk async for chunk in r.aiter_bytes()])
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, root_path="/root", client=("1.2.3.4", 5))
    print(transport.root_path, transport.client, transport.raise_app_exceptions, transport.app is app)
    async with httpx.AsyncClient(transport=transport) as c:
        r = await c.get("https://x.org:444/boom")
        print(r, r.content)
        r = await c.get("https://x.org/late")
        print(r, r.headers.raw)
        r = await c.get("https://x.org/ok")
    with httpx.Client(transport=httpx.WSGITransport(app=wsgi, script_name="/s", remote_addr="9.9.9.9"), base_url="http://w.org:81") as c:
        r = c.post("/path?x=1", content=b"data", headers={"X-Thing": "t"})
        print(r, r.text, r.headers)
        for path in ["/boom", "/info"]:
            try:
                print(c.get(path))
            except Exception as e:
                print(type(e).__name__, e)
    with httpx.Client(transport=httpx.WSGITransport(app=wsgi, raise_app_exceptions=False)) as c:
        print(c.get("http://x/info").text)
    with httpx.Client(transport=Own()) as c:
        print(c.get("http://x/own").json())
    async with httpx.AsyncClient(transport=AOwn(), mounts={"all://mock.org": httpx.MockTransport(lambda r: httpx.Response(418, text=r.method))}) as c:
        r = await c.get("http://x/own")
        print(r.text)
        async with c.stream("GET", "http://x/own") as r:
            print(await anext(r.aiter_raw()))
        try:
            await c.get("http://x/fail")
        except httpx.ConnectError as e:
            print(e, e.request.method)
        r = await c.delete("http://mock.org/")
        print(r, r.text)


asyncio.run(main())
