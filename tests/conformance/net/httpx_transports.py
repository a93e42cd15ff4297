# Clients over transports of functions: hooks, authentication, redirects between hosts, streams, closing.
import asyncio

import httpx


def app(request):
    path = request.url.path
    if path == "/hop":
        return httpx.Response(302, headers={"Location": "https://other.org/seen"})
    if path == "/login":
        return httpx.Response(200, headers=[("Set-Cookie", "sid=42; Path=/"), ("Set-Cookie", "old=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT")])
    if path == "/digest":
        if "authorization" not in request.headers:
            return httpx.Response(401, headers={"WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth", algorithm=MD5, opaque="o"'})
        return httpx.Response(200, text=request.headers["authorization"].split(" ")[0])
    if path == "/fail":
        raise httpx.ConnectError("no way")
    return httpx.Response(200, json={"method": request.method, "url": str(request.url), "auth": request.headers.get("authorization"), "cookie": request.headers.get("cookie"), "host": request.headers["host"], "body": request.content.decode()})


class Token(httpx.Auth):
    requires_response_body = True

    def __init__(self):
        self.token = "stale"

    def auth_flow(self, request):
        request.headers["Authorization"] = self.token
        response = yield request
        print("flow", response.status_code, len(response.content) > 0)
        self.token = "fresh"
        request.headers["Authorization"] = self.token
        yield request


def main():
    log = []
    hooks = {"request": [lambda r: log.append(("request", r.method, str(r.url)))], "response": [lambda r: log.append(("response", r.status_code))]}
    with httpx.Client(transport=httpx.MockTransport(app), event_hooks=hooks, base_url="https://example.org") as c:
        print(c.get("/a", params={"x": "y"}).json())
        print(c.post("/a", data={"k": "v"}, auth=("u", "p")).json())
        r = c.get("/hop", auth=("u", "p"), follow_redirects=True)
        print(r.json(), [h.status_code for h in r.history], r.history[0].next_request)
        r = c.get("/hop")
        print(r.next_request.url, c.send(r.next_request).json()["url"])
        c.get("/login")
        print(c.cookies, c.get("/b").json()["cookie"], c.get("https://other.org/").json()["cookie"])
        print(c.get("/a", auth=Token()).json()["auth"], c.get("/a", auth=lambda r: (r.headers.update({"Authorization": "fn"}), r)[1]).json()["auth"])
        print(c.get("/digest", auth=httpx.DigestAuth("u", "p")).text, c.get("/a", auth=httpx.BasicAuth("a", "b")).json()["auth"])
        try:
            c.get("/fail")
        except httpx.ConnectError as e:
            print(e, e.request.url)
        with c.stream("POST", "/a", content=b"streamed") as r:
            print(r.is_closed, r.read()[:10], r.is_closed)
        print(log[:6], len(log))
        try:
            with c:
                pass
        except RuntimeError as e:
            print(e)
    for f in [lambda: c.get("/a"), lambda: c.__enter__()]:
        try:
            f()
        except RuntimeError as e:
            print(e)
    mounted = httpx.Client(mounts={"all://special.org": httpx.MockTransport(lambda r: httpx.Response(200, text="special")), "https://": httpx.MockTransport(app)})
    print(mounted.get("http://special.org/").text, mounted.get("https://x.org/").json()["host"])


class Slow(httpx.AsyncBaseTransport):
    async def handle_async_request(self, request):
        await asyncio.sleep(0.01)

        async def parts():
            yield b"part one, "
            await asyncio.sleep(0)
            yield b"part two"

        class Stream(httpx.AsyncByteStream):
            async def __aiter__(self):
                async for p in parts():
                    yield p

            async def aclose(self):
                print("stream closed")

        return httpx.Response(200, stream=Stream())


async def amain():
    async def hook(r):
        await asyncio.sleep(0)
        print("hook", r.status_code)

    async with httpx.AsyncClient(transport=Slow(), event_hooks={"response": [hook]}) as c:
        r = await c.get("http://h/")
        print(r.text, r.is_closed, r.num_bytes_downloaded)
        async with c.stream("GET", "http://h/") as r:
            print([t async for t in r.aiter_text()])
        rs = await asyncio.gather(*[c.get("http://h/") for _ in range(3)])
        print(len(rs))
        try:
            list(r.iter_bytes())
        except Exception as e:
            print(type(e).__name__, e)

    async def handler(request):
        body = await request.aread()
        return httpx.Response(201, content=body.upper())

    async with httpx.AsyncClient(transport=httpx.MockTransport(handler)) as c:

        async def up():
            yield b"ab"
            yield b"cd"

        print((await c.post("http://h/", content=up())).text)
        print((await c.post("http://h/", files={"f": b"x"})).status_code)
        print((await c.send(c.build_request("GET", "http://h/"))).status_code)
        try:
            await c.post("http://h/", content=iter([b"sync"]))
        except RuntimeError as e:
            print(e)


main()
asyncio.run(amain())
