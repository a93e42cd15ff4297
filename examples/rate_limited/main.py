"""A client that keeps to an API's limits: so many calls at once, so many per window, and retries when told to wait.

The API is served by this script; it refuses calls that come too fast, as real ones do.
"""
import asyncio
import collections
import contextlib
import json

import httpx


class RateLimit:
    """At most `calls` within any `window` seconds: a place is free again that long after its call has ended."""

    def __init__(self, calls, window):
        self.window = window
        self.places = asyncio.Semaphore(calls)

    async def __aenter__(self):
        await self.places.acquire()

    async def __aexit__(self, *error):
        asyncio.get_running_loop().call_later(self.window, self.places.release)


class ApiError(Exception):
    pass


class Api:
    def __init__(self, url, limit, at_once=4, attempts=3):
        self.client = httpx.AsyncClient(base_url=url, headers={"Authorization": "Bearer secret"})
        self.limit = limit
        self.gate = asyncio.Semaphore(at_once)
        self.attempts = attempts
        self.retries = 0

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        await self.client.aclose()

    async def get(self, path, **params):
        for attempt in range(self.attempts):
            async with self.gate, self.limit:
                response = await self.client.get(path, params=params)
            if response.status_code == 429:
                self.retries += 1
                await asyncio.sleep(float(response.headers["Retry-After"]))
                continue
            if response.is_error:
                raise ApiError(f"{response.status_code} {response.json()['detail']}")
            return response.json()
        raise ApiError(f"{path}: refused {self.attempts} times")


@contextlib.asynccontextmanager
async def limited_server(calls, window):
    """An API that knows seven items and refuses more than `calls` requests within `window` seconds."""
    recent = collections.deque()
    clock = asyncio.get_running_loop().time

    def answer(path, headers):
        if b"authorization: bearer secret" not in headers.lower():
            return "401 Unauthorized", {"detail": "who are you?"}
        while recent and recent[0] < clock() - window:
            recent.popleft()
        if len(recent) >= calls:
            return "429 Too Many Requests", {"detail": "slow down"}
        recent.append(clock())
        number = int(path.partition("=")[2])
        return ("200 OK", {"id": number, "square": number**2}) if number < 7 else ("404 Not Found", {"detail": f"no item {number}"})

    async def handle(reader, writer):
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                status, data = answer(request.split(b" ", 2)[1].decode(), request)
                body = json.dumps(data).encode()
                writer.write(f"HTTP/1.1 {status}\r\nRetry-After: {window}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield "http://127.0.0.1:%d" % server.sockets[0].getsockname()[1]


async def fetch_all(api):
    results = await asyncio.gather(*(api.get("/items", number=n) for n in range(8)), return_exceptions=True)
    for result in results:
        print(f"{type(result).__name__}: {result}" if isinstance(result, Exception) else result)


async def main():
    loop = asyncio.get_running_loop()
    window = 0.4
    async with limited_server(calls=3, window=window) as url:
        begin = loop.time()
        async with Api(url, RateLimit(calls=3, window=window)) as api:
            await fetch_all(api)
            print("refused:", api.retries, "took two windows:", loop.time() - begin > 2 * window)

        # A client that is too hasty is refused, and waits as the server says.
        await asyncio.sleep(window)
        async with Api(url, RateLimit(calls=100, window=window)) as hasty:
            await asyncio.gather(*(hasty.get("/items", number=n) for n in range(4)))
            print("refused and tried again:", hasty.retries)


asyncio.run(main())
