//! Owns: find, count, replace over bytes; `str` uses them too, since generalized UTF-8 can be searched bytewise.
//! Never: empty needles in `str` terms (the caller counts code points there).

use memchr::memmem;

/// The first place of `needle` in `hay`.
pub fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(0),
        [byte] => memchr::memchr(*byte, hay),
        _ if needle.len() > hay.len() => None,
        _ => memmem::find(hay, needle),
    }
}

/// The last place of `needle` in `hay`.
pub fn rfind(hay: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(hay.len()),
        [byte] => memchr::memrchr(*byte, hay),
        _ if needle.len() > hay.len() => None,
        _ => memmem::rfind(hay, needle),
    }
}

/// How often a non-empty `needle` occurs without overlap, at most `limit` times.
pub fn count(hay: &[u8], needle: &[u8], limit: usize) -> usize {
    places(hay, needle).take(limit).count()
}

/// The places of a non-empty `needle` without overlap.
pub fn places<'a>(hay: &'a [u8], needle: &'a [u8]) -> Box<dyn Iterator<Item = usize> + 'a> {
    match needle {
        [] => Box::new(std::iter::empty()),
        [byte] => Box::new(memchr::memchr_iter(*byte, hay)),
        _ => Box::new(memmem::find_iter(hay, needle)),
    }
}

/// `hay` with at most `limit` occurrences of a non-empty `old` replaced; `None` when nothing is.
pub fn replace(hay: &[u8], old: &[u8], new: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut done = 0;
    for at in places(hay, old).take(limit) {
        if out.capacity() == 0 {
            out.reserve(hay.len() + new.len());
        }
        out.extend_from_slice(&hay[done..at]);
        out.extend_from_slice(new);
        done = at + old.len();
    }
    if done == 0 {
        return None;
    }
    out.extend_from_slice(&hay[done..]);
    Some(out)
}

/// `hay` with `new` before each of its first `limit` pieces and, if the limit allows, at the end. `width` tells how
/// many bytes the piece beginning with a byte has.
pub fn interleave(hay: &[u8], new: &[u8], limit: usize, width: impl Fn(u8) -> usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(hay.len() + new.len());
    let (mut at, mut left) = (0, limit);
    while at < hay.len() && left > 0 {
        out.extend_from_slice(new);
        let end = (at + width(hay[at])).min(hay.len());
        out.extend_from_slice(&hay[at..end]);
        at = end;
        left -= 1;
    }
    out.extend_from_slice(&hay[at..]);
    if left > 0 {
        out.extend_from_slice(new);
    }
    out
}
