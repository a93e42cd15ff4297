# URLs, query parameters, headers, cookies, requests, responses and settings, without a network.
import httpx


def attempt(f):
    try:
        return f()
    except Exception as e:
        return f"{type(e).__name__}: {e}"


for text in [
    "https://www.example.org/a%20b?x=1&y=%C3%A9#frag", "HTTP://USER:p%40ss@Example.ORG:80/", "http://[::1]:8080/x", "//host/path", "/only/path?q",
    "http://müller.de/ü", "http://xn--mller-kva.de/", "http://a/b/../c/./d", "mailto:someone", "", "http://h?x=a b", "https://h:444/%zz",
]:
    u = httpx.URL(text)
    print(repr(u), str(u), u.scheme, u.userinfo, u.username, u.password, u.host, u.raw_host, u.port, u.netloc, u.path, u.query, u.raw_path, u.fragment, u.is_absolute_url)
for text in ["http://h:x/", "http://256.1.1.1/", "http://[zz]/", "http://h/\n", "://", "//a\tb", "http://h" + "x" * 65537]:
    print(attempt(lambda: httpx.URL(text)))
u = httpx.URL("https://example.org/a/b?x=1")
print(u.join("../c"), u.join("d?e#f"), u.join("//other/p"), u.join("?q=2"), u.join("http://z"))
print(u.copy_with(host="h", port=1, path="/z z"), u.copy_with(params={"k": ["a", "b"]}), u.copy_with(query=None, fragment="f g"), u.copy_with(username="me", password="a b"))
print(u.copy_set_param("x", 2), u.copy_add_param("x", True), u.copy_remove_param("x"), u.copy_merge_params({"n": None}))
print(u == "https://example.org/a/b?x=1", u != httpx.URL("https://example.org"), hash(u) == hash(httpx.URL(str(u))), u.params["x"])
print(httpx.URL("https://h", params={"a": "b c"}), attempt(lambda: httpx.URL(1)), attempt(lambda: u.copy_with(nope=1)), attempt(lambda: u.copy_with(port="1")))

q = httpx.QueryParams("a=123&a=456&b=789&c=")
print(q, repr(q), q["a"], q.get("z", "d"), q.get_list("a"), list(q), list(q.values()), list(q.items()), q.multi_items(), len(q), "a" in q, bool(httpx.QueryParams()))
print(q.set("a", 1), q.add("a", 2.5), q.remove("a"), q.merge({"b": "x", "n": True}), q == httpx.QueryParams([("b", "789"), ("a", "123"), ("a", "456"), ("c", "")]))
print(httpx.QueryParams({"a": [1, None, False], "é": "ü/ "}), httpx.QueryParams(k="v"), attempt(lambda: q.update({})), attempt(lambda: q["nope"]))

h = httpx.Headers([("Content-Type", "text/plain"), ("X-Dup", "1"), ("x-dup", "2"), ("Authorization", "secret")])
print(h, h["CONTENT-TYPE"], h["x-dup"], h.get_list("X-Dup"), h.get("nope"), len(h), list(h), h.raw)
print(list(h.items()), h.multi_items(), "x-dup" in h, h == {"content-type": "text/plain"}, h.encoding)
h["X-Dup"] = "3"
del h["authorization"]
h.update({"New": "n", "content-type": "a/b"})
print(h, dict(h), h.copy() == h, attempt(lambda: h["nope"]), attempt(lambda: httpx.Headers({"a": 1})), h.setdefault("new", "x"), h.pop("new"), h.get_list("x", split_commas=True))
print(httpx.Headers({"a": "1"}), httpx.Headers({b"k": "é".encode()}), httpx.Headers([(b"k", b"\xff")]).encoding)

c = httpx.Cookies({"a": "1"})
c.set("b", "2", domain="example.org", path="/x")
c.set("b", "3", domain="other.org")
print(c, dict(httpx.Cookies({"z": "y"})), len(c), bool(c), c["a"], c.get("b", domain="example.org"), attempt(lambda: c["b"]), attempt(lambda: c["nope"]), list(c))
c.delete("b", domain="other.org")
print(c, [(k.name, k.value, k.domain, k.path) for k in c.jar])
c.clear()
print(c, "a" in c)

r = httpx.Request("post", "https://example.org/p", params={"q": "1"}, json={"a": 1}, cookies={"s": "t"}, headers={"X": "y"})
print(r, r.method, r.url, r.headers, r.content, r.read())
print(httpx.Request("GET", "http://h").headers, httpx.Request("POST", "http://h").headers, httpx.Request("PUT", "http://h", content=iter([b"a", b"b"])).headers)
print(attempt(lambda: httpx.Request("PUT", "http://h", content=iter([b"a"])).content), httpx.Request("PUT", "http://h", content=iter([b"a", b"b"])).read())
print(attempt(lambda: httpx.Request("PUT", "http://h", content=1)), httpx.Request("PUT", "http://h", content=iter([b"x"]), headers={"Content-Length": "1"}).headers)
m = httpx.Request("POST", "http://h", files=[("f", ("n\"m.txt", b"data")), ("g", ("p.png", "text", None, {"X-A": "b"}))], data={"k": ["1", "2"]}, headers={"content-type": "multipart/form-data; boundary=B"})
print(m.headers, m.read().decode().replace("\r\n", "|"))

for kwargs in [dict(text="héllo"), dict(html="<p>"), dict(json={"a": [1.5]}), dict(content=b"raw"), dict(content=iter([b"a", b"b"])), {}]:
    r = httpx.Response(200, **kwargs)
    print(r, r.headers, r.is_closed, attempt(lambda: r.content), attempt(lambda: r.text))
r = httpx.Response(404, request=httpx.Request("GET", "http://h/x"), text="gone", headers={"Link": '<http://h/2>; rel="next", <http://h/9>; rel="last"'})
print(r.reason_phrase, r.is_client_error, r.is_error, r.links, r.url, attempt(r.raise_for_status), attempt(lambda: r.elapsed), r.history, r.next_request)
print(httpx.Response(204).is_success, attempt(httpx.Response(200).raise_for_status), attempt(lambda: httpx.Response(200).request), httpx.Response(299).reason_phrase == "")
print(httpx.Response(200, content=b"\xff\xfea\x00").text, httpx.Response(200, content="é".encode("latin-1"), headers={"content-type": "text/plain; charset=latin-1"}).text, httpx.Response(200, content=b"x", headers={"content-type": "text/plain; charset=nope"}).encoding)
print(httpx.Response(200, json=[1, 2]).json(), attempt(lambda: httpx.Response(200, text="{").json()), list(httpx.Response(200, text="a\nb\r\nc").iter_lines()), list(httpx.Response(200, content=b"abcdef").iter_bytes(4)), list(httpx.Response(200, text="abcdef").iter_text(4)))
r = httpx.Response(200, content=iter([b"one\ntw", b"o\nthree"]))
print(list(r.iter_lines()), r.is_closed, attempt(lambda: list(r.iter_raw())))

print(httpx.Timeout(5), httpx.Timeout(None), httpx.Timeout(5, connect=1), httpx.Timeout((1, 2)), httpx.Timeout(1) == httpx.Timeout(1.0), attempt(lambda: httpx.Timeout(connect=1)), httpx.Timeout(3).read, httpx.Timeout(5).as_dict())
print(httpx.Limits(), httpx.Limits(max_connections=1) == httpx.Limits(max_connections=1), httpx.Proxy("http://u:p@h:1"), attempt(lambda: httpx.Proxy("x://h")))
print(httpx.codes.OK, httpx.codes.NOT_FOUND == 404, httpx.codes["TEAPOT"] if "TEAPOT" in httpx.codes.__members__ else None, httpx.codes.get_reason_phrase(503), httpx.codes.ok)
for t in [httpx.ConnectTimeout, httpx.ReadError, httpx.HTTPStatusError, httpx.InvalidURL, httpx.StreamConsumed, httpx.TooManyRedirects, httpx.CookieConflict]:
    print([k.__name__ for k in t.__mro__])
e = httpx.ReadTimeout("late", request=r)
print(e, repr(e), e.request is r, attempt(lambda: httpx.ConnectError("x").request))
client = httpx.Client(base_url="https://example.org/api", headers={"A": "b"}, params={"k": "v"}, cookies={"c": "1"}, timeout=3)
r = client.build_request("GET", "/users", params={"p": 1}, headers={"a": "c"})
print(r.url, {k: v for k, v in r.headers.items() if k != "user-agent"}, r.extensions, client.base_url, client.timeout, client.params)
print(client.build_request("GET", "https://else.org/x").url, attempt(lambda: httpx.Client(auth=1)), attempt(lambda: httpx.Client(mounts={"http": None})))
print(httpx.__version__)
