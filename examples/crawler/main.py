"""Crawl a site, a few pages at a time, and report broken links.

    main.py [URL] [--limit PAGES] [--at-once N]

Without a URL it crawls a small site that it serves itself.
"""
import argparse
import asyncio
import contextlib
import re
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx

LINK = re.compile(r"""<a\s[^>]*?href=["']([^"']+)["']""", re.IGNORECASE)
TITLE = re.compile(r"<title>(.*?)</title>", re.IGNORECASE | re.DOTALL)


@dataclass
class Page:
    url: str
    status: str
    title: str = ""
    links: list[str] = field(default_factory=list)


class Crawler:
    def __init__(self, client, limit, at_once):
        self.client = client
        self.limit = limit
        self.gate = asyncio.Semaphore(at_once)
        self.queue = asyncio.Queue()
        self.pages = {}
        self.host = ""

    def add(self, url):
        """Queue a page of the site that is not known yet."""
        url, _ = urldefrag(url)
        if url not in self.pages and len(self.pages) < self.limit and urlsplit(url).netloc == self.host:
            self.pages[url] = Page(url, "not visited")
            self.queue.put_nowait(url)

    async def visit(self, page):
        try:
            async with self.gate:
                response = await self.client.get(page.url)
        except httpx.HTTPError as error:
            page.status = type(error).__name__
            return
        page.status = str(response.status_code)
        if response.is_success and response.headers.get("content-type", "").startswith("text/html"):
            if title := TITLE.search(response.text):
                page.title = title[1].strip()
            page.links = [urljoin(page.url, link) for link in LINK.findall(response.text)]

    async def worker(self):
        while True:
            url = await self.queue.get()
            try:
                await self.visit(self.pages[url])
                for link in self.pages[url].links:
                    self.add(link)
            finally:
                self.queue.task_done()

    async def crawl(self, start):
        self.host = urlsplit(start).netloc
        self.add(start)
        workers = [asyncio.create_task(self.worker()) for _ in range(8)]
        try:
            await self.queue.join()
        finally:
            for task in workers:
                task.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
        return sorted(self.pages.values(), key=lambda page: page.url)


SITE = {
    "/": '<title>Home</title> <a href="/about">about</a> <a href="/news/">news</a> <a href="https://example.org/">away</a>',
    "/about": '<title>About us</title> <a href="/">home</a> <a href="team.html#boss">team</a>',
    "/team.html": '<title>Team</title> <a href="/about">about</a> <a href="/photo.jpg">photo</a>',
    "/news/": '<title>News</title> <a href="1">first</a> <a href="2">second</a> <a href="3">third</a>',
    "/news/1": "<title>First</title>",
    "/news/2": '<title>Second</title> <a href="../missing">more</a>',
}


@contextlib.asynccontextmanager
async def small_site():
    """Serve SITE; /news/3 answers with nothing at all."""

    async def answer(reader, writer):
        with contextlib.suppress(asyncio.IncompleteReadError):
            request = await reader.readuntil(b"\r\n\r\n")
            path = request.split(b" ", 2)[1].decode()
            if path != "/news/3":
                status, body = ("200 OK", SITE[path]) if path in SITE else ("404 Not Found", "nothing here")
                kind = "image/jpeg" if path.endswith(".jpg") else "text/html; charset=utf-8"
                head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
                writer.write(head.encode() + body.encode())
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield "http://127.0.0.1:%d/" % server.sockets[0].getsockname()[1]


async def crawl(url, limit, at_once):
    async with httpx.AsyncClient(timeout=10, follow_redirects=True) as client:
        pages = await Crawler(client, limit, at_once).crawl(url)
    for page in pages:
        print(f"{page.status:>19}  {urlsplit(page.url).path:<12} {len(page.links)} links  {page.title}".rstrip())
    broken = [page for page in pages if page.status != "200"]
    print(len(pages), "pages,", len(broken), "broken")


async def main():
    parser = argparse.ArgumentParser(description="Crawl a site and report broken links.")
    parser.add_argument("url", nargs="?")
    parser.add_argument("--limit", type=int, default=50, help="pages at most (default: %(default)s)")
    parser.add_argument("--at-once", type=int, default=4, help="requests at once (default: %(default)s)")
    args = parser.parse_args()
    if args.url:
        await crawl(args.url, args.limit, args.at_once)
    else:
        async with small_site() as url:
            await crawl(url, args.limit, args.at_once)


asyncio.run(main())
