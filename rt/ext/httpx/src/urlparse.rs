//! Owns: splitting, checking and normalising URLs, percent-encoding, joining.
//! Never: makes Python objects.
//! Source: httpx 0.28, _urlparse.py; CPython 3.13, Lib/urllib/parse.py (urljoin, parse_qsl, quote_plus).

/// A URL in its canonical form: every part is ASCII.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Parts {
    pub scheme: String,
    pub userinfo: String,
    pub host: String,
    pub port: Option<i64>,
    pub path: String,
    pub query: Option<String>,
    pub fragment: Option<String>,
}

/// Parts given by keyword: `Some(None)` is an explicit None.
#[derive(Clone, Default)]
pub struct Given {
    pub scheme: Option<Option<String>>,
    pub authority: Option<Option<String>>,
    pub userinfo: Option<Option<String>>,
    pub host: Option<Option<String>>,
    pub port: Option<Option<String>>,
    pub path: Option<Option<String>>,
    pub query: Option<Option<String>>,
    pub fragment: Option<Option<String>>,
    pub username: Option<Option<String>>,
    pub password: Option<Option<String>>,
    pub netloc: Option<Option<String>>,
    pub raw_path: Option<Option<String>>,
}

const MAX: usize = 65536;
const SUB_DELIMS: &str = "!$&'()*+,;=";

fn safe_except(excluded: &'static str) -> impl Fn(char) -> bool {
    move |c| matches!(c, '\x20'..='\x7e') && !excluded.contains(c)
}
fn frag(c: char) -> bool {
    safe_except(" \"<>`")(c)
}
fn query(c: char) -> bool {
    safe_except(" \"#<>")(c)
}
fn path(c: char) -> bool {
    safe_except(" \"#<>?`{}")(c)
}
fn user(c: char) -> bool {
    safe_except(" \"#<>?`{}/:;=@[\\]^|")(c)
}
fn userinfo(c: char) -> bool {
    safe_except(" \"#<>?`{}/;=@[\\]^|")(c)
}
fn host_safe(c: char) -> bool {
    SUB_DELIMS.contains(c) || "\"`{}%|\\".contains(c)
}

fn unreserved(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~".contains(c)
}
/// Percent-encodes what is neither unreserved nor safe; `%xx` stays.
pub fn quote(text: &str, safe: impl Fn(char) -> bool) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    for (i, c) in text.char_indices() {
        let hex = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
        if unreserved(c) || (c == '%' && hex(i + 1) && hex(i + 2)) || safe(c) {
            out.push(c);
        } else {
            let mut buf = [0; 4];
            for b in c.encode_utf8(&mut buf).bytes() {
                out.push_str(&format!("%{b:02X}"));
            }
        }
    }
    out
}
/// `urllib.parse.unquote`.
pub fn unquote(text: &str) -> String {
    String::from_utf8_lossy(&unquote_bytes(text)).into_owned()
}
pub fn unquote_bytes(text: &str) -> Vec<u8> {
    let b = text.as_bytes();
    let mut out = Vec::with_capacity(b.len());
    let mut i = 0;
    while let Some(&c) = b.get(i) {
        let hex = |at: usize| b.get(at).and_then(|c| (*c as char).to_digit(16));
        match (c, hex(i + 1), hex(i + 2)) {
            (b'%', Some(h), Some(l)) => {
                out.push((h * 16 + l) as u8);
                i += 3;
            }
            _ => {
                out.push(c);
                i += 1;
            }
        }
    }
    out
}
/// `urllib.parse.quote_plus`.
pub fn quote_plus(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for b in text.bytes() {
        match b {
            b' ' => out.push('+'),
            b if unreserved(b as char) => out.push(b as char),
            b => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}
/// `urllib.parse.urlencode` of pairs.
pub fn urlencode(items: &[(String, String)]) -> String {
    items.iter().map(|(k, v)| format!("{}={}", quote_plus(k), quote_plus(v))).collect::<Vec<_>>().join("&")
}
/// `urllib.parse.parse_qsl(…, keep_blank_values=True)`.
pub fn parse_qsl(text: &str) -> Vec<(String, String)> {
    let plain = |s: &str| unquote(&s.replace('+', " "));
    text.split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (k, v) = part.split_once('=').unwrap_or((part, ""));
            (plain(k), plain(v))
        })
        .collect()
}

fn unprintable(text: &str) -> Option<(char, usize)> {
    text.chars().enumerate().find(|(_, c)| c.is_ascii() && !matches!(c, ' '..='~')).map(|(i, c)| (c, i))
}
fn shown(text: &str) -> String {
    crate::py::py_repr(text)
}

struct Split<'a> {
    scheme: &'a str,
    authority: &'a str,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}
fn is_scheme(s: &str) -> bool {
    s.is_empty() || (s.starts_with(|c: char| c.is_ascii_alphabetic()) && s.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c)))
}
/// What URL_REGEX matches.
fn split(url: &str) -> Split<'_> {
    let (rest, fragment) = match url.split_once('#') {
        Some((r, f)) => (r, Some(f)),
        None => (url, None),
    };
    let (rest, query) = match rest.split_once('?') {
        Some((r, q)) => (r, Some(q)),
        None => (rest, None),
    };
    let (scheme, rest) = match rest.split_once(':') {
        Some((s, r)) if is_scheme(s) => (s, r),
        Some(_) | None => ("", rest),
    };
    let (authority, path) = match rest.strip_prefix("//") {
        Some(r) => match r.find('/') {
            Some(at) => r.split_at(at),
            None => (r, ""),
        },
        None => ("", rest),
    };
    Split { scheme, authority, path, query, fragment }
}
/// What AUTHORITY_REGEX matches: user, host, port.
fn split_authority(text: &str) -> (&str, &str, Option<&str>) {
    let (user, rest) = match text.rsplit_once('@') {
        Some((u, r)) => (u, r),
        None => ("", text),
    };
    if rest.starts_with('[')
        && let Some(end) = rest.rfind(']')
    {
        let (host, port) = rest.split_at(end + 1);
        return (user, host, Some(port.strip_prefix(':').unwrap_or(port)));
    }
    let end = rest.find(':').unwrap_or(rest.len());
    let (host, port) = rest.split_at(end);
    (user, host, Some(port.strip_prefix(':').unwrap_or(port)))
}

impl Parts {
    pub fn authority(&self) -> String {
        let user = if self.userinfo.is_empty() { String::new() } else { format!("{}@", self.userinfo) };
        format!("{user}{}", self.netloc())
    }
    pub fn netloc(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        match self.port {
            Some(p) => format!("{host}:{p}"),
            None => host,
        }
    }
    pub fn raw_path(&self) -> String {
        let path = if self.path.is_empty() { "/" } else { &self.path };
        match &self.query {
            Some(q) => format!("{path}?{q}"),
            None => path.to_owned(),
        }
    }
    pub fn text(&self) -> String {
        self.text_with(&self.authority())
    }
    pub fn text_with(&self, authority: &str) -> String {
        let mut out = String::new();
        if !self.scheme.is_empty() {
            out.push_str(&self.scheme);
            out.push(':');
        }
        if !authority.is_empty() {
            out.push_str("//");
            out.push_str(authority);
        }
        out.push_str(&self.path);
        if let Some(q) = &self.query {
            out.push('?');
            out.push_str(q);
        }
        if let Some(f) = &self.fragment {
            out.push('#');
            out.push_str(f);
        }
        out
    }
    pub fn copy_with(&self, mut given: Given) -> Result<Parts, String> {
        let some = |v: String| Some(Some(v));
        given.scheme = given.scheme.or_else(|| some(self.scheme.clone()));
        given.authority = given.authority.or_else(|| some(self.authority()));
        given.path = given.path.or_else(|| some(self.path.clone()));
        given.query = given.query.or_else(|| Some(self.query.clone()));
        given.fragment = given.fragment.or_else(|| Some(self.fragment.clone()));
        parse("", given)
    }
}

fn check(name: &str, value: &Option<Option<String>>, fits: impl Fn(&str) -> bool) -> Result<(), String> {
    let Some(Some(text)) = value else { return Ok(()) };
    if text.chars().count() > MAX {
        return Err(format!("URL component '{name}' too long"));
    }
    if let Some((c, at)) = unprintable(text) {
        return Err(format!("Invalid non-printable ASCII character in URL {name} component, {} at position {at}.", shown(&c.to_string())));
    }
    if fits(text) { Ok(()) } else { Err(format!("Invalid URL component '{name}'")) }
}

/// `urlparse(url, **given)`; the error is InvalidURL's message.
pub fn parse(url: &str, mut given: Given) -> Result<Parts, String> {
    if url.chars().count() > MAX {
        return Err("URL too long".into());
    }
    if let Some((c, at)) = unprintable(url) {
        return Err(format!("Invalid non-printable ASCII character in URL, {} at position {at}.", shown(&c.to_string())));
    }
    if let Some(netloc) = given.netloc.take() {
        let netloc = netloc.unwrap_or_default();
        let (host, port) = netloc.split_once(':').unwrap_or((&netloc, ""));
        given.host = Some(Some(host.to_owned()));
        given.port = Some(Some(port.to_owned()));
    }
    if given.username.is_some() || given.password.is_some() {
        let name = quote(&given.username.take().flatten().unwrap_or_default(), user);
        let password = quote(&given.password.take().flatten().unwrap_or_default(), user);
        given.userinfo = Some(Some(if password.is_empty() { name } else { format!("{name}:{password}") }));
    }
    if let Some(raw) = given.raw_path.take() {
        let raw = raw.unwrap_or_default();
        match raw.split_once('?') {
            Some((p, q)) => {
                given.path = Some(Some(p.to_owned()));
                given.query = Some(Some(q.to_owned()));
            }
            None => {
                given.path = Some(Some(raw));
                given.query = Some(None);
            }
        }
    }
    if let Some(Some(h)) = &mut given.host
        && h.contains(':')
        && !(h.starts_with('[') && h.ends_with(']'))
    {
        *h = format!("[{h}]");
    }
    check("scheme", &given.scheme, is_scheme)?;
    check("authority", &given.authority, |t| !t.contains(['/', '?', '#']))?;
    check("path", &given.path, |t| !t.contains(['?', '#']))?;
    check("query", &given.query, |t| !t.contains('#'))?;
    check("fragment", &given.fragment, |_| true)?;
    check("userinfo", &given.userinfo, |t| !t.contains('@'))?;
    check("host", &given.host, |t| (t.starts_with('[') && t.ends_with(']')) || !t.contains(':'))?;
    check("port", &given.port, |_| true)?;

    let found = split(url);
    let or = |g: Option<Option<String>>, own: &str| g.unwrap_or_else(|| Some(own.to_owned())).unwrap_or_default();
    let scheme = or(given.scheme, found.scheme);
    let authority = or(given.authority, found.authority);
    let raw_path = or(given.path, found.path);
    let raw_query = given.query.unwrap_or_else(|| found.query.map(str::to_owned));
    let raw_fragment = given.fragment.unwrap_or_else(|| found.fragment.map(str::to_owned));
    let (own_user, own_host, own_port) = split_authority(&authority);
    let raw_user = or(given.userinfo, own_user);
    let raw_host = or(given.host, own_host);
    let raw_port = given.port.unwrap_or_else(|| own_port.map(str::to_owned));

    let host = encode_host(&raw_host)?;
    let userinfo = quote(&raw_user, userinfo);
    let port = normalize_port(raw_port.as_deref(), &scheme)?;
    let lower = scheme.to_lowercase();
    let (has_scheme, has_authority) = (!lower.is_empty(), !userinfo.is_empty() || !host.is_empty() || port.is_some());
    if has_authority && !raw_path.is_empty() && !raw_path.starts_with('/') {
        return Err("For absolute URLs, path must be empty or begin with '/'".into());
    }
    if !has_scheme && !has_authority {
        if raw_path.starts_with("//") {
            return Err("Relative URLs cannot have a path starting with '//'".into());
        }
        if raw_path.starts_with(':') {
            return Err("Relative URLs cannot have a path starting with ':'".into());
        }
    }
    let normal = if has_scheme || has_authority { normalize_path(&raw_path) } else { raw_path };
    Ok(Parts {
        scheme: lower,
        userinfo,
        host,
        port,
        path: quote(&normal, path),
        query: raw_query.map(|q| quote(&q, query)),
        fragment: raw_fragment.map(|f| quote(&f, frag)),
    })
}

fn encode_host(host: &str) -> Result<String, String> {
    if host.is_empty() {
        return Ok(String::new());
    }
    let parts: Vec<&str> = host.split('.').collect();
    if parts.len() == 4 && parts.iter().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit())) {
        return match host.parse::<std::net::Ipv4Addr>() {
            Ok(_) => Ok(host.to_owned()),
            Err(_) => Err(format!("Invalid IPv4 address: {}", shown(host))),
        };
    }
    if let Some(inner) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        return match inner.split('%').next().unwrap_or("").parse::<std::net::Ipv6Addr>() {
            Ok(_) => Ok(inner.to_owned()),
            Err(_) => Err(format!("Invalid IPv6 address: {}", shown(host))),
        };
    }
    if host.is_ascii() {
        return Ok(quote(&host.to_lowercase(), host_safe));
    }
    let labels: Option<Vec<String>> = host
        .to_lowercase()
        .split(['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'])
        .map(|l| if l.is_ascii() { Some(l.to_owned()) } else { crate::punycode::encode(l).map(|p| format!("xn--{p}")) })
        .collect();
    labels.map(|l| l.join(".")).ok_or_else(|| format!("Invalid IDNA hostname: {}", shown(host)))
}
fn normalize_port(port: Option<&str>, scheme: &str) -> Result<Option<i64>, String> {
    let Some(text) = port.filter(|p| !p.is_empty()) else { return Ok(None) };
    let number = text.trim().parse::<i64>().map_err(|_| format!("Invalid port: {}", shown(text)))?;
    let usual = match scheme {
        "ftp" => Some(21),
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        _ => None,
    };
    Ok((usual != Some(number)).then_some(number))
}
fn normalize_path(path: &str) -> String {
    if !path.split('/').any(|c| c == "." || c == "..") {
        return path.to_owned();
    }
    let mut out: Vec<&str> = vec![];
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => {
                if !out.is_empty() && out != [""] {
                    out.pop();
                }
            }
            other => out.push(other),
        }
    }
    out.join("/")
}

/// `urllib.parse.urljoin` for the schemes that HTTP has.
pub fn join(base: &str, url: &str) -> String {
    if base.is_empty() {
        return url.to_owned();
    }
    if url.is_empty() {
        return base.to_owned();
    }
    let (b, u) = (split(base), split(url));
    let scheme = if u.scheme.is_empty() { b.scheme } else { u.scheme };
    if scheme != b.scheme || !matches!(scheme, "http" | "https" | "ftp" | "ws" | "wss" | "") {
        return url.to_owned();
    }
    let build = |authority: &str, path: &str, query: Option<&str>| {
        let mut out = String::new();
        if !scheme.is_empty() {
            out.push_str(&format!("{scheme}:"));
        }
        if !authority.is_empty() {
            let slash = if path.is_empty() || path.starts_with('/') { "" } else { "/" };
            out.push_str(&format!("//{authority}{slash}"));
        }
        out.push_str(path);
        if let Some(q) = query.filter(|q| !q.is_empty()) {
            out.push_str(&format!("?{q}"));
        }
        if let Some(f) = u.fragment.filter(|f| !f.is_empty()) {
            out.push_str(&format!("#{f}"));
        }
        out
    };
    if !u.authority.is_empty() {
        return build(u.authority, u.path, u.query);
    }
    if u.path.is_empty() {
        return build(b.authority, b.path, u.query.filter(|q| !q.is_empty()).or(b.query));
    }
    let mut base_parts: Vec<&str> = b.path.split('/').collect();
    if base_parts.last() != Some(&"") {
        base_parts.pop();
    }
    let segments: Vec<&str> = if u.path.starts_with('/') {
        u.path.split('/').collect()
    } else {
        let mut all = base_parts;
        all.extend(u.path.split('/'));
        let last = all.len().saturating_sub(1);
        all.iter().enumerate().filter(|(i, s)| *i == 0 || *i == last || !s.is_empty()).map(|(_, s)| *s).collect()
    };
    let mut resolved: Vec<&str> = vec![];
    for s in &segments {
        match *s {
            ".." => {
                resolved.pop();
            }
            "." => {}
            s => resolved.push(s),
        }
    }
    if matches!(segments.last(), Some(&"." | &"..")) {
        resolved.push("");
    }
    let path = resolved.join("/");
    build(b.authority, if path.is_empty() { "/" } else { &path }, u.query)
}
