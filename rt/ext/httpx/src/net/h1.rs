//! Owns: HTTP/1.1 as bytes: writing a request's head, taking an answer's head and body out of what was read.
//! Never: reads from or writes to a connection.
//! Source: h11 0.16, _headers.py, _readers.py, _writers.py, _connection.py: the same order of checks, the same words.

use super::{Kind, NetError, NetResult};

pub type Rows = Vec<(Vec<u8>, Vec<u8>)>;

/// More than this without a complete head or chunk line is refused (httpcore, MAX_INCOMPLETE_EVENT_SIZE).
const INCOMPLETE: usize = 100 * 1024;

fn shown(b: &[u8]) -> String {
    rtcore::text::escape::repr_bytes(b)
}
fn shown_array(b: &[u8]) -> String {
    format!("bytearray({})", shown(b))
}
fn local(text: impl Into<String>) -> NetError {
    NetError::new(Kind::LocalProtocolError, text)
}
fn remote(text: impl Into<String>) -> NetError {
    NetError::new(Kind::RemoteProtocolError, text)
}
fn is_token(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|c| c.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(c))
}
fn is_blank(c: u8) -> bool {
    c == b' ' || c == b'\t'
}
/// `[^\x00\s]`.
fn is_field_char(c: u8) -> bool {
    !matches!(c, 0 | b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}
/// `field_value`: nothing, or visible characters with blanks between them.
fn is_field_value(v: &[u8]) -> bool {
    let ends = [v.first(), v.last()];
    v.iter().all(|c| is_field_char(*c) || is_blank(*c)) && !ends.into_iter().flatten().any(|c| is_blank(*c))
}
fn trim(mut v: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = v
        && is_blank(*first)
    {
        v = rest;
    }
    while let [rest @ .., last] = v
        && is_blank(*last)
    {
        v = rest;
    }
    v
}
fn digits(v: &[u8]) -> bool {
    !v.is_empty() && v.iter().all(u8::is_ascii_digit)
}

/// Headers that have been looked at: `normalize_and_validate`.
struct Checked {
    rows: Rows,
    length: Option<u64>,
    chunked: bool,
}
/// Gives the complaint as text: whose fault it is, the caller knows.
fn check(headers: Rows, parsed: bool) -> Result<Checked, String> {
    let mut out = Checked { rows: Vec::with_capacity(headers.len()), length: None, chunked: false };
    let mut seen: Option<Vec<u8>> = None;
    for (name, mut value) in headers {
        if !parsed {
            if !is_token(&name) {
                return Err(format!("Illegal header name {}", shown(&name)));
            }
            if !is_field_value(&value) {
                return Err(format!("Illegal header value {}", shown(&value)));
            }
        }
        if name.eq_ignore_ascii_case(b"content-length") {
            let mut all: Vec<&[u8]> = value.split(|c| *c == b',').map(<[u8]>::trim_ascii).collect();
            all.sort_unstable();
            all.dedup();
            let [one] = all.as_slice() else { return Err("conflicting Content-Length headers".into()) };
            if !digits(one) || one.len() > 20 {
                return Err("bad Content-Length".into());
            }
            let one = one.to_vec();
            match &seen {
                Some(before) if *before != one => return Err("conflicting Content-Length headers".into()),
                Some(_) => continue,
                None => {}
            }
            out.length = Some(String::from_utf8_lossy(&one).parse().unwrap_or(u64::MAX));
            seen = Some(one.clone());
            value = one;
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            if out.chunked {
                return Err("multiple Transfer-Encoding headers".into());
            }
            value.make_ascii_lowercase();
            if value != b"chunked" {
                return Err("Only Transfer-Encoding: chunked is supported".into());
            }
            out.chunked = true;
        }
        out.rows.push((name, value));
    }
    Ok(out)
}
fn asks_to_close(rows: &Rows) -> bool {
    rows.iter()
        .filter(|(k, _)| k.eq_ignore_ascii_case(b"connection"))
        .flat_map(|(_, v)| v.split(|c| *c == b','))
        .any(|v| v.trim_ascii().eq_ignore_ascii_case(b"close"))
}

/// How the body of a request is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Upload {
    Chunked,
    /// How many bytes are still to come.
    Length(u64),
}
impl Upload {
    /// The bytes for a piece of the body, appended to `out`.
    pub fn data(&mut self, data: &[u8], out: &mut Vec<u8>) -> NetResult<()> {
        match self {
            Upload::Chunked if data.is_empty() => {}
            Upload::Chunked => {
                out.extend_from_slice(format!("{:x}\r\n", data.len()).as_bytes());
                out.extend_from_slice(data);
                out.extend_from_slice(b"\r\n");
            }
            Upload::Length(left) => {
                let Some(rest) = left.checked_sub(data.len() as u64) else { return Err(local("Too much data for declared Content-Length")) };
                *left = rest;
                out.extend_from_slice(data);
            }
        }
        Ok(())
    }
    pub fn end(self, out: &mut Vec<u8>) -> NetResult<()> {
        match self {
            Upload::Chunked => out.extend_from_slice(b"0\r\n\r\n"),
            Upload::Length(0) => {}
            Upload::Length(_) => return Err(local("Too little data for declared Content-Length")),
        }
        Ok(())
    }
}
/// A request's head as bytes, how its body is to be written, and whether the connection ends with the exchange.
pub struct Written {
    pub head: Vec<u8>,
    pub upload: Upload,
    pub close: bool,
}
/// # Errors
/// What may not be sent.
pub fn write_head(method: &[u8], target: &[u8], headers: Rows) -> NetResult<Written> {
    let checked = check(headers, false).map_err(local)?;
    let is_host = |k: &[u8]| k.eq_ignore_ascii_case(b"host");
    match checked.rows.iter().filter(|(k, _)| is_host(k)).count() {
        0 => return Err(local("Missing mandatory Host: header")),
        1 => {}
        _ => return Err(local("Found multiple Host: headers")),
    }
    if !is_token(method) {
        return Err(local("Illegal method characters"));
    }
    if target.is_empty() || !target.iter().all(|c| matches!(c, 0x21..=0x7e)) {
        return Err(local("Illegal target characters"));
    }
    let mut head = Vec::with_capacity(256);
    for part in [method, b" ", target, b" HTTP/1.1\r\n"] {
        head.extend_from_slice(part);
    }
    let (host, rest): (Vec<_>, Vec<_>) = checked.rows.iter().partition(|(k, _)| is_host(k));
    for (k, v) in host.into_iter().chain(rest) {
        for part in [k.as_slice(), b": ", v, b"\r\n"] {
            head.extend_from_slice(part);
        }
    }
    head.extend_from_slice(b"\r\n");
    let upload = if checked.chunked { Upload::Chunked } else { Upload::Length(checked.length.unwrap_or(0)) };
    Ok(Written { head, upload, close: asks_to_close(&checked.rows) })
}

/// The head of an answer.
pub struct Head {
    pub status: u16,
    pub version: [u8; 3],
    pub reason: Vec<u8>,
    pub headers: Rows,
    pub close: bool,
    length: Option<u64>,
    chunked: bool,
}
fn status_line(line: &[u8]) -> Option<([u8; 3], u16, Vec<u8>)> {
    let [b'H', b'T', b'T', b'P', b'/', major @ b'0'..=b'9', b'.', minor @ b'0'..=b'9', b' ', code @ ..] = line else { return None };
    let (code, rest) = code.split_at_checked(3)?;
    if !digits(code) {
        return None;
    }
    let reason = match rest {
        [] => &[],
        [b' ', reason @ ..] if reason.iter().all(|c| is_field_char(*c) || is_blank(*c)) => reason,
        _ => return None,
    };
    let code = code.iter().fold(0, |n, d| n * 10 + u16::from(d - b'0'));
    Some(([*major, b'.', *minor], code, reason.to_vec()))
}
fn header_rows(lines: &[Vec<u8>]) -> NetResult<Rows> {
    let mut unfolded: Vec<Vec<u8>> = Vec::with_capacity(lines.len());
    for line in lines {
        if line.first().is_some_and(|c| is_blank(*c)) {
            let Some(last) = unfolded.last_mut() else { return Err(remote("continuation line at start of headers")) };
            let start = line.iter().position(|c| !is_blank(*c)).unwrap_or(line.len());
            last.push(b' ');
            last.extend_from_slice(line.get(start..).unwrap_or(&[]));
        } else {
            unfolded.push(line.clone());
        }
    }
    unfolded
        .iter()
        .map(|line| {
            let colon = line.iter().position(|c| *c == b':').filter(|at| is_token(line.get(..*at).unwrap_or(&[])));
            let parts = colon.and_then(|at| Some((line.get(..at)?, trim(line.get(at + 1..)?))));
            match parts {
                Some((k, v)) if is_field_value(v) => Ok((k.to_vec(), v.to_vec())),
                Some(_) | None => Err(remote(format!("illegal header line: {}", shown_array(line)))),
            }
        })
        .collect()
}

/// What was read and not yet used.
#[derive(Default)]
pub struct Received {
    data: Vec<u8>,
    start: usize,
}
impl Received {
    pub fn push(&mut self, data: &[u8]) {
        if self.start == self.data.len() {
            self.data.clear();
            self.start = 0;
        } else if self.start > INCOMPLETE {
            self.data.drain(..self.start);
            self.start = 0;
        }
        self.data.extend_from_slice(data);
    }
    fn rest(&self) -> &[u8] {
        self.data.get(self.start..).unwrap_or(&[])
    }
    fn at_most(&mut self, count: usize) -> Option<Vec<u8>> {
        let rest = self.rest();
        let count = count.min(rest.len());
        let out = rest.get(..count).filter(|d| !d.is_empty())?.to_vec();
        self.start += count;
        Some(out)
    }
    fn next_line(&mut self) -> Option<Vec<u8>> {
        let end = self.rest().windows(2).position(|w| w == b"\r\n")? + 2;
        self.at_most(end)
    }
    /// The lines before the first empty one.
    fn lines(&mut self) -> Option<Vec<Vec<u8>>> {
        let rest = self.rest();
        match rest {
            [b'\n', ..] => {
                self.start += 1;
                return Some(vec![]);
            }
            [b'\r', b'\n', ..] => {
                self.start += 2;
                return Some(vec![]);
            }
            _ => {}
        }
        let mut out = vec![];
        let mut from = 0;
        loop {
            let length = rest.get(from..)?.iter().position(|c| *c == b'\n')?;
            let line = rest.get(from..from + length)?;
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            from += length + 1;
            if line.is_empty() {
                self.start += from;
                return Some(out);
            }
            out.push(line.to_vec());
        }
    }
    fn limited<T>(&self, got: Option<T>) -> NetResult<Option<T>> {
        if got.is_none() && self.rest().len() > INCOMPLETE {
            return Err(remote("Receive buffer too long"));
        }
        Ok(got)
    }
    /// The head of the answer, once all of it is there. Answers of information are passed over, but for a switch
    /// of protocols.
    ///
    /// # Errors
    /// What is not HTTP.
    pub fn head(&mut self) -> NetResult<Option<Head>> {
        loop {
            let lines = self.lines();
            if lines.is_none() && self.rest().first().is_some_and(|c| *c < 0x21) {
                return Err(remote("illegal request line"));
            }
            let Some(lines) = self.limited(lines)? else { return Ok(None) };
            let Some((first, rest)) = lines.split_first() else { return Err(remote("no response line received")) };
            let Some((version, status, reason)) = status_line(first) else {
                return Err(remote(format!("illegal status line: {}", shown_array(first))));
            };
            let checked = check(header_rows(rest)?, true).map_err(remote)?;
            if status < 100 {
                return Err(remote(format!("InformationalResponse status_code should be in range [100, 200), not {status}")));
            }
            if status < 200 && status != 101 {
                continue;
            }
            let close = asks_to_close(&checked.rows) || version < *b"1.1";
            let Checked { rows, length, chunked } = checked;
            return Ok(Some(Head { status, version, reason, headers: rows, close, length, chunked }));
        }
    }
}

/// How the body of an answer ends.
enum Framing {
    Length { left: u64, all: u64 },
    Chunked { left: u64, footer: &'static [u8], trailer: bool },
    UntilClosed,
}
/// Takes the body of one answer out of what is received.
pub struct Body(Framing);
/// One step of a body.
pub enum Piece {
    Data(Vec<u8>),
    More,
    End,
}
impl Body {
    pub fn new(method: &[u8], head: &Head) -> Body {
        let none = matches!(head.status, 101 | 204 | 304) || method == b"HEAD" || (method == b"CONNECT" && (200..300).contains(&head.status));
        Body(match (none, head.chunked, head.length) {
            (true, _, _) => Framing::Length { left: 0, all: 0 },
            (false, true, _) => Framing::Chunked { left: 0, footer: b"", trailer: false },
            (false, false, Some(n)) => Framing::Length { left: n, all: n },
            (false, false, None) => Framing::UntilClosed,
        })
    }
    /// True when only the end of the connection ends the body.
    pub fn until_closed(&self) -> bool {
        matches!(self.0, Framing::UntilClosed)
    }
    /// # Errors
    /// A body that is not framed as it says.
    pub fn next(&mut self, buf: &mut Received) -> NetResult<Piece> {
        let data = |d: Option<Vec<u8>>| d.map_or(Piece::More, Piece::Data);
        match &mut self.0 {
            Framing::Length { left: 0, .. } => Ok(Piece::End),
            Framing::Length { left, .. } => {
                let got = buf.at_most(usize::try_from(*left).unwrap_or(usize::MAX));
                *left -= got.as_ref().map_or(0, |d| d.len() as u64);
                Ok(data(got))
            }
            Framing::UntilClosed => Ok(data(buf.at_most(usize::MAX))),
            Framing::Chunked { left, footer, trailer } => {
                if !footer.is_empty() {
                    let Some(got) = buf.at_most(footer.len()) else { return Ok(Piece::More) };
                    let Some(rest) = footer.strip_prefix(got.as_slice()) else {
                        return Err(remote(format!("malformed chunk footer: {} (expected {})", shown_array(&got), shown(footer))));
                    };
                    *footer = rest;
                    if !footer.is_empty() {
                        return Ok(Piece::More);
                    }
                }
                if *left == 0 && !*trailer {
                    let line = buf.next_line();
                    let Some(line) = buf.limited(line)? else { return Ok(Piece::More) };
                    let Some(size) = chunk_size(&line) else { return Err(remote(format!("illegal chunk header: {}", shown_array(&line)))) };
                    *left = size;
                    *trailer = size == 0;
                }
                if *trailer {
                    let lines = buf.lines();
                    let Some(lines) = buf.limited(lines)? else { return Ok(Piece::More) };
                    check(header_rows(&lines)?, true).map_err(remote)?;
                    return Ok(Piece::End);
                }
                let got = buf.at_most(usize::try_from(*left).unwrap_or(usize::MAX));
                *left -= got.as_ref().map_or(0, |d| d.len() as u64);
                if *left == 0 {
                    *footer = b"\r\n";
                }
                Ok(data(got))
            }
        }
    }
    /// The connection has ended.
    ///
    /// # Errors
    /// A body that is not whole.
    pub fn eof(&self) -> NetResult<()> {
        let how = match &self.0 {
            Framing::UntilClosed => return Ok(()),
            Framing::Length { left, all } => format!("received {} bytes, expected {all}", all - left),
            Framing::Chunked { .. } => "incomplete chunked read".into(),
        };
        Err(remote(format!("peer closed connection without sending complete message body ({how})")))
    }
}
/// `chunk_header`: hexadecimal digits, an extension, blanks.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let line = line.strip_suffix(b"\r\n")?;
    let end = line.iter().position(|c| !c.is_ascii_hexdigit()).unwrap_or(line.len());
    let (number, rest) = line.split_at_checked(end)?;
    let tail = rest.first() == Some(&b';') || rest.iter().all(|c| is_blank(*c));
    if number.is_empty() || number.len() > 20 || !tail || rest.contains(&b'\n') {
        return None;
    }
    u64::from_str_radix(std::str::from_utf8(number).ok()?, 16).ok()
}
