# The small objects: codes, cookies, addresses, headers, timeouts, errors, and how they show.
import httpx


def attempt(label, f):
    try:
        print(label, repr(f()))
    except Exception as e:
        print(label, type(e).__name__, str(e))


print(httpx.codes.OK, repr(httpx.codes.OK), httpx.codes.OK == 200, httpx.codes(404), int(httpx.codes.NOT_FOUND), httpx.codes.not_found)
print(httpx.codes.get_reason_phrase(418), repr(httpx.codes.get_reason_phrase(299)), httpx.codes.is_error(500), httpx.codes.is_redirect(301), httpx.codes.is_success(201), httpx.codes.is_client_error(404), httpx.codes.is_server_error(404), httpx.codes.is_informational(100))
print(httpx.codes["OK"], len(httpx.codes), [c.value for c in httpx.codes][:5], httpx.codes.OK.name, httpx.codes.IM_A_TEAPOT.phrase if hasattr(httpx.codes.IM_A_TEAPOT, "phrase") else None, isinstance(httpx.codes.OK, int))
attempt("code", lambda: httpx.codes(999))

jar = httpx.Cookies({"a": "1"})
jar.set("b", "2", domain="x.org", path="/p")
jar["c"] = "3"
print(jar, repr(jar), len(jar), bool(jar), "a" in jar, list(jar), jar.get("b"), jar.get("zz"), jar.get("b", domain="x.org"), jar.get("b", domain="y"))
jar.set("b", "4", domain="y.org")
attempt("conflict", lambda: jar.get("b"))
attempt("conflict2", lambda: jar["b"])
attempt("missing", lambda: jar["nope"])
attempt("pop", lambda: jar.pop("a"))
attempt("pop missing", lambda: jar.pop("a"))
attempt("pop default", lambda: jar.pop("a", "dflt"))
attempt("setdefault", lambda: jar.setdefault("d", "5"))
print(sorted(jar.keys()))
jar.delete("b", domain="y.org")
print(jar.get("b"))
del jar["c"]
jar.update({"e": "6"})
jar.update([("f", "7")])
print(dict(jar))
attempt("delete", lambda: jar.delete("zzz"))
for cookie in jar.jar:
    print(cookie.name, cookie.value, cookie.domain, cookie.path)
jar.clear(domain="x.org", path="/p")
print(dict(jar))
jar.clear()
print(len(jar), bool(jar))


h = httpx.Headers([("A", "1"), ("b", "2"), ("a", "3")])
print(h, h["a"], h.get_list("a"), h.get_list("A", split_commas=True), h.multi_items(), list(h), len(h), h.raw)
print(sorted(h.items()), h == {"a": "1, 3", "B": "2"}, h == [("a", "1"), ("a", "3"), ("b", "2")])
h["A"] = "new"
h.update({"C": "4"})
print(h, "c" in h, h.copy() == h, h.encoding)
attempt("hkey", lambda: h["nope"])
attempt("hdel", lambda: h.__delitem__("nope"))
attempt("popitem", lambda: len(h.popitem()))
attempt("hvalue", lambda: httpx.Headers({"a": 1}))
attempt("hbytes", lambda: httpx.Headers({b"a": b"\xff"}))
print(httpx.Headers({"Authorization": "secret", "Proxy-Authorization": "s", "x": "y"}))

q = httpx.QueryParams("a=1&b=2&a=3&c=&d")
print(q, repr(q), q["a"], q.get_list("a"), q.multi_items(), list(q.keys()), dict(q), len(q), "b" in q, q.get("z", "dflt"))
print(q.set("a", "9"), q.add("a", 4), q.remove("a"), q.merge({"b": None, "e": True, "f": 1.5}), q == httpx.QueryParams(str(q)), hash(q) == hash(httpx.QueryParams(str(q))))
print(httpx.QueryParams({"a": ["1", 2, False, None]}), httpx.QueryParams([("x", "é &"), ("y", "a+b")]), httpx.QueryParams(a=1), bool(httpx.QueryParams()))
attempt("update", lambda: q.update({}))
attempt("setitem", lambda: q.__setitem__("a", 1))

u = httpx.URL("HTTPS://us%20er:pa%40ss@EXAMPLE.org:443/a b/../c;d?q=1 2&r=é#frag é")
for name in ["scheme", "raw_scheme", "userinfo", "username", "password", "host", "raw_host", "port", "netloc", "path", "raw_path", "query", "fragment", "params", "is_absolute_url", "is_relative_url"]:
    attempt(name, lambda: getattr(u, name))
print(u, repr(u), u == str(u), hash(u) == hash(httpx.URL(str(u))))
print(u.copy_with(port=8080, path="/x", query=b"k=v"), u.copy_with(scheme="http", host="ö.de"), u.join("../z?y=1"), u.join("//other.org/p"), u.join("?only"))
print(u.copy_set_param("q", "3"), u.copy_add_param("q", "4"), u.copy_remove_param("q"), u.copy_merge_params({"n": "1"}))
print(httpx.URL("http://[::1]:80/"), httpx.URL("http://bücher.example/ü?ü#ü"), httpx.URL(scheme="http", host="h", path="/p"), httpx.URL("/relative?x"), httpx.URL(""), httpx.URL("mailto:a@b"))
print(repr(httpx.URL("http://user:secret@h/")), httpx.URL("http://h", params={"a": "1"}), httpx.URL("http://h?x=1", params={"a": "1"}))
for bad in ["http://[::1", "http://a b/", "http://h:port/", "http://h:99999999/", "http://exa\x01mple/", "x" * 70000, "http://ex*ample.org/%zz", 5]:
    attempt("url " + str(bad)[:20], lambda: httpx.URL(bad))
attempt("copy", lambda: u.copy_with(nope=1))
attempt("copy type", lambda: u.copy_with(port="80"))
attempt("kw", lambda: httpx.URL("http://h", path="no-slash"))

print(httpx.Timeout(5), httpx.Timeout(None), httpx.Timeout(5, connect=1), httpx.Timeout((1, 2)), httpx.Timeout(connect=1, read=2, write=3, pool=4), httpx.Timeout(5) == httpx.Timeout(5.0), httpx.Timeout(5).as_dict(), httpx.Timeout(httpx.Timeout(3)))
attempt("timeout", lambda: httpx.Timeout(connect=1))
print(httpx.Limits(), httpx.Limits(max_connections=1, max_keepalive_connections=2, keepalive_expiry=None), httpx.Limits() == httpx.Limits(max_connections=None))
print(httpx.Proxy("http://u:p@h:1"), httpx.Proxy("http://h", auth=("a", "b"), headers={"X": "1"}), httpx.Proxy("http://h").url)
attempt("proxy", lambda: httpx.Proxy("nope://h"))
attempt("proxy raw", lambda: httpx.Proxy("http://h", auth=("a", "b")).raw_auth)

req = httpx.Request("get", "http://h/p", params={"a": 1}, headers={"X": "1"}, cookies={"c": "d"}, json={"k": 1})
print(req, req.method, req.url, req.headers, req.content, req.extensions, req.read())
attempt("req data", lambda: httpx.Request("POST", "http://h", data=b"raw").content)
attempt("req data type", lambda: httpx.Request("POST", "http://h", content=5))
attempt("req unread", lambda: httpx.Request("POST", "http://h", content=iter([b"a"])).content)
attempt("no mix", lambda: httpx.Request("POST", "http://h", files={"f": "text file"}))

r = httpx.Response(404, headers={"Content-Type": "text/html; charset=latin-1"}, content="é".encode("latin-1"), request=req)
print(r, r.text, r.encoding, r.charset_encoding, r.is_client_error, r.is_error, r.is_success, r.is_server_error, r.is_redirect, r.is_informational, r.reason_phrase, r.http_version, r.url, r.num_bytes_downloaded, r.is_closed, r.is_stream_consumed)
attempt("status", lambda: r.raise_for_status())
attempt("elapsed", lambda: r.elapsed)
attempt("json", lambda: r.json())
attempt("json2", lambda: httpx.Response(200, json={"a": [1]}).json())
attempt("enc", lambda: setattr(r, "encoding", "utf-8"))
attempt("noreq", lambda: httpx.Response(200).request)
attempt("noreq2", lambda: httpx.Response(200).raise_for_status())
attempt("unread", lambda: httpx.Response(200, content=iter([b"a", b"b"])).content)
attempt("unread text", lambda: httpx.Response(200, content=iter([b"a", b"b"])).text)
attempt("read", lambda: httpx.Response(200, content=iter([b"a", b"b"])).read())
attempt("iter", lambda: list(httpx.Response(200, content=b"abcdef").iter_bytes(chunk_size=4)))
attempt("raw", lambda: list(httpx.Response(200, content=b"abcdef").iter_raw()))
attempt("lines", lambda: list(httpx.Response(200, text="a\nb\r\nc").iter_lines()))
attempt("text", lambda: list(httpx.Response(200, text="añb").iter_text(2)))
attempt("html", lambda: httpx.Response(200, html="<b>").headers)
attempt("links", lambda: httpx.Response(200, headers={"Link": '<http://a/?p=2>; rel="next", <http://a/?p=9>; rel=last; x=y'}).links)
attempt("cookies", lambda: dict(httpx.Response(200, headers=[("Set-Cookie", "a=b; Path=/"), ("Set-Cookie", "c=d")], request=req).cookies))
attempt("history", lambda: r.history)
attempt("next", lambda: r.next_request)
attempt("callable", lambda: httpx.Response(200, content=b"\xe9", default_encoding=lambda data: "latin-1").text)
attempt("unknown code", lambda: httpx.Response(299))
attempt("300", lambda: httpx.Response(302, headers={"Location": "/x"}, request=req).raise_for_status())
attempt("500", lambda: httpx.Response(500, request=req).raise_for_status())
attempt("100", lambda: httpx.Response(101, request=req).raise_for_status())

e = httpx.ConnectTimeout("slow", request=req)
print(repr(e), e.request is req, e.args)
e = httpx.ReadError("x")
attempt("no request", lambda: e.request)
e = httpx.HTTPStatusError("m", request=req, response=r)
print(repr(e), e.response is r)
for name in ["HTTPError", "RequestError", "TransportError", "TimeoutException", "ConnectTimeout", "NetworkError", "ProtocolError", "LocalProtocolError", "ProxyError", "UnsupportedProtocol", "DecodingError", "TooManyRedirects", "HTTPStatusError", "InvalidURL", "CookieConflict", "StreamError", "StreamConsumed", "StreamClosed", "ResponseNotRead", "RequestNotRead"]:
    print(name, [c.__name__ for c in getattr(httpx, name).__mro__])
attempt("consumed", lambda: httpx.StreamConsumed())
attempt("closed", lambda: httpx.StreamClosed())
attempt("notread", lambda: httpx.ResponseNotRead())

c = httpx.Client(base_url="http://h/api", headers={"X": "1"}, params={"p": "q"}, cookies={"c": "1"}, timeout=3, follow_redirects=True, max_redirects=5, auth=("u", "p"), trust_env=False)
print(c.base_url, c.headers, c.params, c.cookies, c.timeout, c.follow_redirects, c.max_redirects, type(c.auth).__name__, c.trust_env, c.is_closed, c.event_hooks)
print(c.build_request("GET", "x", params={"r": 1}).url, c.build_request("POST", "/y", json=1).headers)
c.base_url = "http://other/"
c.headers = {"Y": "2"}
c.timeout = None
c.params = {"z": 1}
print(c.base_url, c.headers, c.timeout, c.params)
c.close()
print(c.is_closed)
attempt("closed client", lambda: c.get("http://h"))
attempt("bad auth", lambda: httpx.Client(auth=5))
attempt("bad mount", lambda: httpx.Client(mounts={"http": None}))
