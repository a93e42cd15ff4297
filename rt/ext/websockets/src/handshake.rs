//! Owns: the opening handshake's messages: URIs, requests and responses as bytes, the key and its answer.
//! Never: opens connections, touches a Python value.
//! Source: websockets, uri.py, client.py, server.py, http11.py; RFC 6455, section 4.

use std::io;
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// A client's key: sixteen random bytes.
pub fn generate_key() -> String {
    let mut data = [0u8; 16];
    // SAFETY: the pointer and the length describe the array.
    unsafe { libc::getrandom(data.as_mut_ptr().cast(), data.len(), 0) };
    base64(&data)
}
/// The answer to a key (RFC 6455, 4.2.2).
pub fn derive_accept_key(key: &str) -> String {
    use sha1::Digest as _;
    let mut hash = sha1::Sha1::new();
    hash.update(key.as_bytes());
    hash.update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    base64(&hash.finalize())
}
/// `http.HTTPStatus(code).phrase`.
#[rustfmt::skip]
pub fn phrase(code: i64) -> &'static str {
    const PHRASES: &[(i64, &str)] = &[
        (100, "Continue"), (101, "Switching Protocols"), (102, "Processing"), (103, "Early Hints"), (200, "OK"), (201, "Created"),
        (202, "Accepted"), (203, "Non-Authoritative Information"), (204, "No Content"), (205, "Reset Content"), (206, "Partial Content"),
        (207, "Multi-Status"), (208, "Already Reported"), (226, "IM Used"), (300, "Multiple Choices"), (301, "Moved Permanently"),
        (302, "Found"), (303, "See Other"), (304, "Not Modified"), (305, "Use Proxy"), (307, "Temporary Redirect"),
        (308, "Permanent Redirect"), (400, "Bad Request"), (401, "Unauthorized"), (402, "Payment Required"), (403, "Forbidden"),
        (404, "Not Found"), (405, "Method Not Allowed"), (406, "Not Acceptable"), (407, "Proxy Authentication Required"),
        (408, "Request Timeout"), (409, "Conflict"), (410, "Gone"), (411, "Length Required"), (412, "Precondition Failed"),
        (413, "Content Too Large"), (414, "URI Too Long"), (415, "Unsupported Media Type"), (416, "Range Not Satisfiable"),
        (417, "Expectation Failed"), (418, "I'm a Teapot"), (421, "Misdirected Request"), (422, "Unprocessable Content"), (423, "Locked"),
        (424, "Failed Dependency"), (425, "Too Early"), (426, "Upgrade Required"), (428, "Precondition Required"),
        (429, "Too Many Requests"), (431, "Request Header Fields Too Large"), (451, "Unavailable For Legal Reasons"),
        (500, "Internal Server Error"), (501, "Not Implemented"), (502, "Bad Gateway"), (503, "Service Unavailable"),
        (504, "Gateway Timeout"), (505, "HTTP Version Not Supported"), (506, "Variant Also Negotiates"), (507, "Insufficient Storage"),
        (508, "Loop Detected"), (510, "Not Extended"), (511, "Network Authentication Required"),
    ];
    PHRASES.iter().find(|(n, _)| *n == code).map_or("", |(_, text)| text)
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub secure: bool,
    pub host: String,
    pub port: u16,
    pub path: String,
    pub query: String,
    pub user: Option<(String, String)>,
}
/// `parse_uri`; the error is InvalidURI's message.
pub fn parse_uri(uri: &str) -> Result<Target, &'static str> {
    let (scheme, rest) = uri.split_once("://").ok_or("scheme isn't ws or wss")?;
    let secure = match scheme.to_ascii_lowercase().as_str() {
        "ws" => false,
        "wss" => true,
        _ => return Err("scheme isn't ws or wss"),
    };
    if rest.contains('#') && !rest.ends_with('#') {
        return Err("fragment identifier is meaningless");
    }
    let rest = rest.trim_end_matches('#');
    let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
    let at = before.find('/').unwrap_or(before.len());
    let (authority, path) = before.split_at(at);
    let (user, host) = authority.rsplit_once('@').map_or((None, authority), |(u, h)| (Some(u), h));
    let (host, port) = match host.strip_prefix('[').and_then(|h| h.split_once(']')) {
        Some((h, p)) => (h.to_owned(), p.strip_prefix(':')),
        None => host.split_once(':').map_or((host.to_owned(), None), |(h, p)| (h.to_owned(), Some(p))),
    };
    if host.is_empty() {
        return Err("hostname isn't provided");
    }
    let port = match port.filter(|p| !p.is_empty()) {
        Some(p) => p.parse().map_err(|_| "port is invalid")?,
        None if secure => 443,
        None => 80,
    };
    let user = match user.map(|u| u.split_once(':')) {
        None => None,
        Some(Some((u, p))) => Some((unquote(u), unquote(p))),
        Some(None) => return Err("username provided without password"),
    };
    let encode = |t: &str| t.chars().map(|c| if c.is_ascii_graphic() { c.to_string() } else { c.to_string().bytes().map(|b| format!("%{b:02X}")).collect() }).collect();
    Ok(Target { secure, host: host.to_lowercase(), port, path: encode(if path.is_empty() { "/" } else { path }), query: encode(query), user })
}
fn unquote(text: &str) -> String {
    let b = text.as_bytes();
    let mut out = vec![];
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
    String::from_utf8_lossy(&out).into_owned()
}
impl Target {
    pub fn resource(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }
    pub fn host_header(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        if self.port == if self.secure { 443 } else { 80 } { host } else { format!("{host}:{}", self.port) }
    }
}

pub type Rows = Vec<(String, String)>;
/// The first line and the headers of a message.
pub struct Head {
    pub line: String,
    pub headers: Rows,
    /// What was read behind the head.
    pub rest: Vec<u8>,
}
impl Head {
    pub fn get(&self, name: &str) -> Option<String> {
        let all: Vec<&str> = self.headers.iter().filter(|(k, _)| k.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str()).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }
    pub fn count(&self, name: &str) -> usize {
        self.headers.iter().filter(|(k, _)| k.eq_ignore_ascii_case(name)).count()
    }
    pub fn has_token(&self, name: &str, token: &str) -> bool {
        self.get(name).is_some_and(|v| v.split(',').any(|t| t.trim().eq_ignore_ascii_case(token)))
    }
}
/// Why a head could not be read.
pub enum Broken {
    /// Closed before anything, or in the middle.
    Eof,
    Io(io::Error),
    Malformed(String),
}

pub async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> Result<Head, Broken> {
    let mut data = Vec::with_capacity(1024);
    let end = loop {
        if let Some(at) = data.windows(4).position(|w| w == b"\r\n\r\n") {
            break at;
        }
        if data.len() > 1 << 16 {
            return Err(Broken::Malformed("line too long".into()));
        }
        match stream.read_buf(&mut data).await {
            Ok(0) => return Err(Broken::Eof),
            Ok(_) => {}
            Err(e) => return Err(Broken::Io(e)),
        }
    };
    let rest = data.split_off(end + 4);
    let text = String::from_utf8_lossy(&data).into_owned();
    let mut lines = text.trim_end().split("\r\n");
    let line = lines.next().unwrap_or("").to_owned();
    let mut headers = vec![];
    for l in lines {
        let Some((k, v)) = l.split_once(':') else { return Err(Broken::Malformed(format!("invalid HTTP header line: {l}"))) };
        headers.push((k.to_owned(), v.trim().to_owned()));
    }
    Ok(Head { line, headers, rest })
}
/// Up to the given length of a body, or to the end of the stream.
pub async fn read_body(stream: &mut (impl AsyncRead + Unpin), head: &mut Head) -> Vec<u8> {
    let mut body = std::mem::take(&mut head.rest);
    let length = head.get("content-length").and_then(|n| n.parse::<usize>().ok());
    let limit = length.unwrap_or(1 << 20).min(1 << 20);
    while body.len() < limit {
        match stream.read_buf(&mut body).await {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
    }
    body.truncate(limit);
    body
}
/// A message's head as bytes.
pub fn write_head(line: &str, headers: &Rows) -> Vec<u8> {
    let mut out = format!("{line}\r\n");
    for (k, v) in headers {
        out.push_str(&format!("{k}: {v}\r\n"));
    }
    out.push_str("\r\n");
    out.into_bytes()
}
pub fn base64(data: &[u8]) -> String {
    const TABLE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for part in data.chunks(3) {
        let n = part.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - part.len()));
        for i in 0..4 {
            let six = (n >> (18 - 6 * i) & 63) as usize;
            out.push(if i <= part.len() { TABLE.get(six).map_or('=', |b| *b as char) } else { '=' });
        }
    }
    out
}
