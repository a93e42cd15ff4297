//! Owns: frames as bytes: taking them out of what was read, writing them; their masks and their errors.
//! Never: reads from or writes to a connection.
//! Source: websockets, frames.py; RFC 6455, section 5.

pub const CONT: u8 = 0;
pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
pub const CLOSE: u8 = 8;
pub const PING: u8 = 9;
pub const PONG: u8 = 10;

/// Why a connection fails.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fail {
    Protocol(&'static str),
    /// A payload of this size, where known, is larger than this.
    TooBig(Option<u64>, usize),
    /// Text that is not UTF-8: what is wrong, and where.
    Text(&'static str, usize),
}

pub struct Frame {
    pub opcode: u8,
    pub fin: bool,
    pub rsv1: bool,
    /// One of the other reserved bits is set.
    pub reserved: bool,
    pub data: Vec<u8>,
}
impl Frame {
    pub fn is_control(&self) -> bool {
        self.opcode >= CLOSE
    }
    /// `Frame.check`, once extensions have had their bits.
    pub fn check(&self) -> Result<(), Fail> {
        if self.rsv1 || self.reserved {
            return Err(Fail::Protocol("reserved bits must be 0"));
        }
        if self.is_control() && self.data.len() > 125 {
            return Err(Fail::Protocol("control frame too long"));
        }
        if self.is_control() && !self.fin {
            return Err(Fail::Protocol("fragmented control frame"));
        }
        Ok(())
    }
}

/// What was read and not yet used.
pub struct Received {
    data: Vec<u8>,
    start: usize,
}
impl Received {
    pub fn new(data: Vec<u8>) -> Received {
        Received { data, start: 0 }
    }
    pub fn push(&mut self, data: &[u8]) {
        if self.start > 0 {
            self.data.drain(..self.start);
            self.start = 0;
        }
        self.data.extend_from_slice(data);
    }
    pub fn clear(&mut self) {
        self.data = Vec::new();
        self.start = 0;
    }
    /// The next frame, once all of it is there; unmasked.
    ///
    /// # Errors
    /// What RFC 6455 forbids, more than `limit` bytes.
    pub fn frame(&mut self, masked: bool, limit: Option<usize>) -> Result<Option<Frame>, Fail> {
        let rest = self.data.get(self.start..).unwrap_or(&[]);
        let &[head1, head2, ref rest @ ..] = rest else { return Ok(None) };
        let opcode = head1 & 0x0f;
        if !matches!(opcode, CONT | TEXT | BINARY | CLOSE | PING | PONG) {
            return Err(Fail::Protocol("invalid opcode"));
        }
        if (head2 & 0x80 != 0) != masked {
            return Err(Fail::Protocol("incorrect masking"));
        }
        let (length, rest, mut used) = match (head2 & 0x7f, rest) {
            (126, [a, b, rest @ ..]) => (u64::from(u16::from_be_bytes([*a, *b])), rest, 4),
            (127, [a, b, c, d, e, f, g, h, rest @ ..]) => (u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]), rest, 10),
            (126 | 127, _) => return Ok(None),
            (n, rest) => (u64::from(n), rest, 2),
        };
        if let Some(max) = limit
            && length > max as u64
        {
            return Err(Fail::TooBig(Some(length), max));
        }
        let (mask, rest) = match (masked, rest) {
            (false, rest) => ([0; 4], rest),
            (true, [a, b, c, d, rest @ ..]) => {
                used += 4;
                ([*a, *b, *c, *d], rest)
            }
            (true, _) => return Ok(None),
        };
        let Ok(size) = usize::try_from(length) else { return Ok(None) };
        let Some(data) = rest.get(..size) else { return Ok(None) };
        let mut data = data.to_vec();
        if masked {
            apply(&mut data, mask);
        }
        self.start += used + size;
        if self.start == self.data.len() {
            self.data.clear();
            self.start = 0;
        }
        Ok(Some(Frame { opcode, fin: head1 & 0x80 != 0, rsv1: head1 & 0x40 != 0, reserved: head1 & 0x30 != 0, data }))
    }
}
fn apply(data: &mut [u8], mask: [u8; 4]) {
    let mut chunks = data.chunks_exact_mut(4);
    for chunk in &mut chunks {
        chunk.iter_mut().zip(mask).for_each(|(b, m)| *b ^= m);
    }
    chunks.into_remainder().iter_mut().zip(mask).for_each(|(b, m)| *b ^= m);
}

/// Keys for masking: random bytes of the system, fetched many at a time.
pub struct Masks {
    bytes: [u8; 256],
    used: usize,
}
impl Masks {
    pub fn new() -> Masks {
        Masks { bytes: [0; 256], used: 256 }
    }
    fn next(&mut self) -> [u8; 4] {
        if self.used + 4 > self.bytes.len() {
            // SAFETY: the pointer and the length describe the array.
            unsafe { libc::getrandom(self.bytes.as_mut_ptr().cast(), self.bytes.len(), 0) };
            self.used = 0;
        }
        let mut key = [0; 4];
        let from = self.bytes.iter().skip(self.used);
        key.iter_mut().zip(from).for_each(|(k, b)| *k = *b);
        self.used += 4;
        key
    }
}
/// Appends a frame; with `masks`, masked.
pub fn write(out: &mut Vec<u8>, opcode: u8, fin: bool, rsv1: bool, data: &[u8], masks: Option<&mut Masks>) {
    out.push(u8::from(fin) << 7 | u8::from(rsv1) << 6 | opcode);
    let bit = if masks.is_some() { 0x80 } else { 0 };
    match data.len() {
        n @ 0..126 => out.push(bit | n as u8),
        n @ 126..65_536 => {
            out.push(bit | 126);
            out.extend_from_slice(&(n as u16).to_be_bytes());
        }
        n => {
            out.push(bit | 127);
            out.extend_from_slice(&(n as u64).to_be_bytes());
        }
    }
    let Some(masks) = masks else {
        out.extend_from_slice(data);
        return;
    };
    let key = masks.next();
    out.extend_from_slice(&key);
    let at = out.len();
    out.extend_from_slice(data);
    if let Some(own) = out.get_mut(at..) {
        apply(own, key);
    }
}
/// The payload of a close frame.
pub fn close_payload(code: u16, reason: &str) -> Vec<u8> {
    if code == 1005 {
        return vec![];
    }
    let mut data = code.to_be_bytes().to_vec();
    data.extend_from_slice(reason.as_bytes());
    data
}
/// `Close.parse`.
///
/// # Errors
/// One byte alone, a code that may not be sent, a reason that is not UTF-8.
pub fn parse_close(data: &[u8]) -> Result<(u16, String), Fail> {
    match data {
        [] => Ok((1005, String::new())),
        [_] => Err(Fail::Protocol("close frame too short")),
        [a, b, reason @ ..] => {
            let code = u16::from_be_bytes([*a, *b]);
            let reason = text(reason)?.to_owned();
            if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
                return Err(Fail::Protocol("invalid status code"));
            }
            Ok((code, reason))
        }
    }
}
/// Text, or what Python's decoder says of it.
///
/// # Errors
/// Data that is not UTF-8.
pub fn text(data: &[u8]) -> Result<&str, Fail> {
    std::str::from_utf8(data).map_err(|e| {
        let at = e.valid_up_to();
        let lead = data.get(at).copied().unwrap_or(0);
        let why = match e.error_len() {
            None => "unexpected end of data",
            Some(_) if !matches!(lead, 0xc2..=0xf4) => "invalid start byte",
            Some(_) => "invalid continuation byte",
        };
        Fail::Text(why, at)
    })
}
