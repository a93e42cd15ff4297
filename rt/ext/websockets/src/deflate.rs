//! Owns: the extension permessage-deflate: what is offered and accepted, compressing and decompressing messages.
//! Never: reads or writes frames.
//! Source: websockets, extensions/permessage_deflate.py; RFC 7692.

use crate::codec::Fail;
use rtstdlib::zlib::stream::Stream;

/// zlib's numbers (zlib.h).
const Z_NO_FLUSH: i32 = 0;
const Z_SYNC_FLUSH: i32 = 2;
const MEMORY_LEVEL: i32 = 5;
/// What ends each compressed message and is not sent.
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];
const NAME: &str = "permessage-deflate";
/// What a client offers.
pub const OFFER: &str = "permessage-deflate; client_max_window_bits";
/// The window that a server of the real package keeps to.
const SERVER_BITS: u8 = 12;

/// What both sides agreed on, seen from one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreed {
    remote_no_context: bool,
    local_no_context: bool,
    remote_bits: u8,
    local_bits: u8,
}

#[derive(Default)]
struct Parameters {
    server_no_context: bool,
    client_no_context: bool,
    server_bits: Option<u8>,
    /// `Some(None)` without a value.
    client_bits: Option<Option<u8>>,
}
/// `_extract_parameters`; nothing when one is unknown, wrong or there twice.
fn parameters(text: &[(String, Option<String>)], is_server: bool) -> Option<Parameters> {
    let mut out = Parameters::default();
    let bits = |v: &Option<String>| v.as_deref().and_then(|v| v.parse::<u8>().ok()).filter(|n| (8..=15).contains(n));
    for (name, value) in text {
        let seen = match name.as_str() {
            "server_no_context_takeover" | "client_no_context_takeover" => {
                if value.is_some() {
                    return None;
                }
                let field = if name.starts_with("server") { &mut out.server_no_context } else { &mut out.client_no_context };
                std::mem::replace(field, true)
            }
            "server_max_window_bits" => match bits(value) {
                Some(n) => out.server_bits.replace(n).is_some(),
                None => return None,
            },
            "client_max_window_bits" => match (bits(value), value) {
                (None, None) if is_server => out.client_bits.replace(None).is_some(),
                (Some(n), _) => out.client_bits.replace(Some(n)).is_some(),
                (None, _) => return None,
            },
            _ => return None,
        };
        if seen {
            return None;
        }
    }
    Some(out)
}
type Offers = Vec<(String, Vec<(String, Option<String>)>)>;
/// The extensions of a `Sec-WebSocket-Extensions` header.
fn offers(header: &str) -> Offers {
    let parameter = |p: &str| match p.split_once('=') {
        Some((k, v)) => (k.trim().to_owned(), Some(v.trim().trim_matches('"').to_owned())),
        None => (p.trim().to_owned(), None),
    };
    let one = |text: &str| {
        let mut parts = text.split(';');
        let name = parts.next().unwrap_or("").trim().to_owned();
        (name, parts.map(parameter).collect())
    };
    header.split(',').filter(|t| !t.trim().is_empty()).map(one).collect()
}
/// A server's choice: what it answers, and what holds then.
pub fn choose(header: &str) -> Option<(String, Agreed)> {
    for (name, given) in offers(header) {
        if name != NAME {
            continue;
        }
        let Some(p) = parameters(&given, true) else { continue };
        let server = p.server_bits.map_or(SERVER_BITS, |n| n.min(SERVER_BITS));
        if server == 8 {
            continue;
        }
        let client = p.client_bits.map(|n| n.map_or(SERVER_BITS, |n| n.min(SERVER_BITS)));
        let mut answer = NAME.to_owned();
        for (on, text) in [(p.server_no_context, "server_no_context_takeover"), (p.client_no_context, "client_no_context_takeover")] {
            if on {
                answer.push_str(&format!("; {text}"));
            }
        }
        answer.push_str(&format!("; server_max_window_bits={server}"));
        if let Some(n) = client {
            answer.push_str(&format!("; client_max_window_bits={n}"));
        }
        let agreed = Agreed {
            remote_no_context: p.client_no_context,
            local_no_context: p.server_no_context,
            remote_bits: client.unwrap_or(15),
            local_bits: server,
        };
        return Some((answer, agreed));
    }
    None
}
/// What a server's answer means for the client.
///
/// # Errors
/// The message of a `NegotiationError`: something was accepted that had not been offered.
pub fn accept(header: &str, offered: bool) -> Result<Option<Agreed>, String> {
    let mut agreed = None;
    let all = offers(header);
    if !all.is_empty() && !offered {
        return Err("no extensions supported".into());
    }
    for (name, given) in all {
        let shown: Vec<String> = given.iter().map(|(k, v)| format!("({}, {})", quoted(k), v.as_deref().map_or("None".into(), quoted))).collect();
        let refused = format!("Unsupported extension: name = {name}, params = [{}]", shown.join(", "));
        if name != NAME || agreed.is_some() {
            return Err(refused);
        }
        let Some(p) = parameters(&given, false) else { return Err(refused) };
        let local = p.client_bits.flatten();
        if local == Some(8) {
            return Err(refused);
        }
        agreed = Some(Agreed {
            remote_no_context: p.server_no_context,
            local_no_context: p.client_no_context,
            remote_bits: p.server_bits.unwrap_or(15),
            local_bits: local.unwrap_or(15),
        });
    }
    Ok(agreed)
}
/// `repr()` of a token, which has no quotes of its own.
fn quoted(text: &str) -> String {
    format!("'{text}'")
}

/// Compresses what is sent.
pub struct Encoder {
    agreed: Agreed,
    stream: Option<Stream>,
}
impl Encoder {
    pub fn new(agreed: Agreed) -> Encoder {
        Encoder { agreed, stream: None }
    }
    /// The data of one frame; `first` begins a message, `fin` ends it. `None` when zlib fails.
    pub fn encode(&mut self, data: &[u8], first: bool, fin: bool) -> Option<Vec<u8>> {
        if first && self.agreed.local_no_context {
            self.stream = None;
        }
        if self.stream.is_none() {
            self.stream = Stream::deflate(-1, -i32::from(self.agreed.local_bits), MEMORY_LEVEL, 0).ok();
        }
        let stream = self.stream.as_mut()?;
        // Two calls as in Python: a flush right after a flush would give nothing for an empty message.
        let mut out = stream.deflate_all(data, Z_NO_FLUSH).ok()?;
        out.extend(stream.deflate_all(&[], Z_SYNC_FLUSH).ok()?);
        if fin && out.ends_with(&TAIL) {
            out.truncate(out.len() - TAIL.len());
        }
        Some(out)
    }
}
/// Decompresses what comes.
pub struct Decoder {
    agreed: Agreed,
    stream: Option<Stream>,
}
impl Decoder {
    pub fn new(agreed: Agreed) -> Decoder {
        Decoder { agreed, stream: None }
    }
    /// # Errors
    /// Data that is not compressed, or more than `limit` of it.
    pub fn decode(&mut self, mut data: Vec<u8>, first: bool, fin: bool, limit: Option<usize>) -> Result<Vec<u8>, Fail> {
        let broken = || Fail::Protocol("decompression failed");
        if first && self.agreed.remote_no_context {
            self.stream = None;
        }
        if self.stream.is_none() {
            self.stream = Stream::inflate(-i32::from(self.agreed.remote_bits)).ok();
        }
        let stream = self.stream.as_mut().ok_or_else(broken)?;
        if fin {
            data.extend_from_slice(&TAIL);
        }
        // One byte more than allowed tells too much from just enough.
        let room = limit.map_or(usize::MAX, |n| n.saturating_add(1));
        let got = stream.inflate_some(&data, room, Z_SYNC_FLUSH).map_err(|_| broken())?;
        match limit {
            Some(max) if got.out.len() > max => Err(Fail::TooBig(None, max)),
            Some(_) | None => Ok(got.out),
        }
    }
}
