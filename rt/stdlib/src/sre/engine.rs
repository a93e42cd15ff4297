//! Owns: the backtracking matcher over pattern code. Never: touches a `Value`.
//!
//! CPython 3.13: Modules/_sre/sre_lib.h (SRE(match), SRE(search), SRE(count), SRE(at)); its explicit stack is the
//! machine stack here.

use super::ops::*;

/// The characters of a subject.
pub trait Text: Copy {
    fn at(self, i: usize) -> u32;
}
impl Text for &[u8] {
    #[inline(always)]
    fn at(self, i: usize) -> u32 {
        self.get(i).map_or(0, |b| u32::from(*b))
    }
}
impl Text for &[u32] {
    #[inline(always)]
    fn at(self, i: usize) -> u32 {
        self.get(i).copied().unwrap_or(0)
    }
}

/// A repeat that is under way.
#[derive(Clone, Copy)]
struct Repeat {
    /// Where the operands of REPEAT stand.
    pattern: usize,
    count: i64,
    last: Option<usize>,
    prev: Option<usize>,
}

const UNSET: usize = usize::MAX;

pub struct Engine<'c, T: Text> {
    code: &'c [u32],
    text: T,
    pub end: usize,
    /// Where the search starts, then where the match starts.
    pub start: usize,
    /// Where the match ends.
    pub ptr: usize,
    marks: Vec<usize>,
    lastmark: i64,
    pub lastindex: i64,
    repeats: Vec<Repeat>,
    repeat: Option<usize>,
    saved: Vec<usize>,
    /// The match must not be empty at `start`.
    pub must_advance: bool,
    advance_from: usize,
    match_all: bool,
}

impl<'c, T: Text> Engine<'c, T> {
    pub fn new(code: &'c [u32], groups: usize, text: T, start: usize, end: usize) -> Self {
        Engine {
            code,
            text,
            end,
            start,
            ptr: start,
            marks: vec![UNSET; groups * 2],
            lastmark: -1,
            lastindex: -1,
            repeats: Vec::new(),
            repeat: None,
            saved: Vec::new(),
            must_advance: false,
            advance_from: start,
            match_all: false,
        }
    }

    /// The span of a group of the last match.
    pub fn group(&self, i: usize) -> Option<(usize, usize)> {
        if i == 0 {
            return Some((self.start, self.ptr));
        }
        let j = (i - 1) * 2;
        if j as i64 + 1 > self.lastmark {
            return None;
        }
        match (self.marks.get(j), self.marks.get(j + 1)) {
            (Some(&a), Some(&b)) if a != UNSET && b != UNSET && a <= b => Some((a, b)),
            _ => None,
        }
    }

    fn reset(&mut self) {
        self.lastmark = -1;
        self.lastindex = -1;
        self.repeat = None;
        self.repeats.clear();
        self.saved.clear();
    }

    /// Matches at `start`, up to `end` when `all`.
    pub fn run_match(&mut self, all: bool) -> bool {
        self.reset();
        self.match_all = all;
        let start = self.start;
        self.advance_from = start;
        self.go(0, start, true)
    }

    /// Searches from `start` on; sets `start` and `ptr` to the match.
    pub fn search(&mut self) -> bool {
        self.reset();
        self.match_all = false;
        let mut at = self.start;
        if at > self.end {
            return false;
        }
        self.advance_from = at;
        let (mut literal, mut set, mut last) = (None, None, self.end);
        if self.op(0) == INFO {
            let flags = self.op(2);
            let min = self.op(3) as usize;
            if min > 1 {
                last = (self.end + 1).saturating_sub(min).max(at);
                if at + min > self.end {
                    return false;
                }
            }
            if flags & INFO_PREFIX != 0 && self.op(5) > 0 {
                literal = Some(self.op(7));
            } else if flags & INFO_CHARSET != 0 {
                set = Some(5);
            }
        }
        loop {
            if let Some(c) = literal {
                while at < self.end && self.text.at(at) != c {
                    at += 1;
                }
                if at >= self.end {
                    return false;
                }
            } else if let Some(s) = set {
                while at < self.end && !charset(self.code, s, self.text.at(at)) {
                    at += 1;
                }
                if at >= self.end {
                    return false;
                }
            }
            if at > last {
                return false;
            }
            self.start = at;
            if at != self.advance_from {
                self.must_advance = false;
            }
            self.reset();
            if self.go(0, at, true) {
                return true;
            }
            if at >= last {
                return false;
            }
            at += 1;
        }
    }

    #[inline(always)]
    fn op(&self, i: usize) -> u32 {
        self.code.get(i).copied().unwrap_or(FAILURE)
    }

    fn at_position(&self, ptr: usize, which: u32) -> bool {
        let newline = |i: usize| self.text.at(i) == 10;
        let boundary = |word: fn(u32) -> bool| {
            let before = ptr > 0 && word(self.text.at(ptr - 1));
            let after = ptr < self.end && word(self.text.at(ptr));
            before != after
        };
        match which {
            0 | 2 => ptr == 0,
            1 => ptr == 0 || newline(ptr - 1),
            3 | 8 => self.end > 0 && boundary(is_word),
            4 | 9 => self.end > 0 && !boundary(is_word),
            5 => ptr == self.end || (self.end - ptr == 1 && newline(ptr)),
            6 => ptr == self.end || newline(ptr),
            7 => ptr == self.end,
            10 => self.end > 0 && boundary(is_unicode_word),
            11 => self.end > 0 && !boundary(is_unicode_word),
            _ => false,
        }
    }

    /// Whether one character matches the single-character item at `pc`; `None` when the item is no such one.
    #[inline]
    fn single(&self, pc: usize, c: u32) -> Option<bool> {
        Some(match self.op(pc) {
            ANY => c != 10,
            ANY_ALL => true,
            LITERAL => c == self.op(pc + 1),
            NOT_LITERAL => c != self.op(pc + 1),
            IN => charset(self.code, pc + 2, c),
            CATEGORY => category(self.op(pc + 1), c),
            LITERAL_IGNORE => lower_ascii(c) == self.op(pc + 1),
            NOT_LITERAL_IGNORE => lower_ascii(c) != self.op(pc + 1),
            LITERAL_UNI_IGNORE => lower_unicode(c) == self.op(pc + 1),
            NOT_LITERAL_UNI_IGNORE => lower_unicode(c) != self.op(pc + 1),
            LITERAL_LOC_IGNORE => self.same_locale(c, self.op(pc + 1)),
            NOT_LITERAL_LOC_IGNORE => !self.same_locale(c, self.op(pc + 1)),
            IN_IGNORE => charset(self.code, pc + 2, lower_ascii(c)),
            IN_UNI_IGNORE => charset(self.code, pc + 2, lower_unicode(c)),
            IN_LOC_IGNORE => charset(self.code, pc + 2, lower_ascii(c)) || charset(self.code, pc + 2, upper_ascii(c)),
            _ => return None,
        })
    }
    fn same_locale(&self, c: u32, want: u32) -> bool {
        c == want || lower_ascii(c) == want || upper_ascii(c) == want
    }

    /// How many times the item at `pc` matches from `ptr` on, at most `max`.
    fn count(&mut self, pc: usize, ptr: usize, max: u32) -> usize {
        let left = self.end - ptr;
        let most = if max == MAXREPEAT { left } else { left.min(max as usize) };
        if self.op(pc) == ANY_ALL {
            return most;
        }
        let mut n = 0;
        while n < most {
            match self.single(pc, self.text.at(ptr + n)) {
                Some(true) => n += 1,
                Some(false) => break,
                None => {
                    if !self.go(pc, ptr + n, false) || self.ptr <= ptr + n {
                        break;
                    }
                    n = self.ptr - ptr;
                }
            }
        }
        n
    }

    /// Remembers the marks where a repeat may need them again.
    fn push_marks(&mut self) -> usize {
        let base = self.saved.len();
        let n = (self.lastmark + 1).max(0) as usize;
        if let Some(m) = self.marks.get(..n) {
            self.saved.extend_from_slice(m);
        }
        base
    }
    fn restore_marks(&mut self, base: usize) {
        for (slot, v) in self.marks.iter_mut().zip(self.saved.iter().skip(base)) {
            *slot = *v;
        }
    }
    fn drop_marks(&mut self, base: usize) {
        self.saved.truncate(base);
    }

    /// The text of a group, for references to it.
    fn referred(&self, group: u32) -> Option<(usize, usize)> {
        let j = group as usize * 2;
        if j as i64 >= self.lastmark {
            return None;
        }
        match (self.marks.get(j), self.marks.get(j + 1)) {
            (Some(&a), Some(&b)) if a != UNSET && b != UNSET && a <= b => Some((a, b)),
            _ => None,
        }
    }

    fn ends_empty(&self, top: bool, ptr: usize) -> bool {
        top && ((self.match_all && ptr != self.end) || (self.must_advance && ptr == self.advance_from))
    }

    /// Tries the code at `pc` from `ptr` on; on success `self.ptr` is the end. `top`: SUCCESS ends the whole match.
    fn go(&mut self, mut pc: usize, mut ptr: usize, top: bool) -> bool {
        if self.op(pc) == INFO {
            let min = self.op(pc + 3) as usize;
            if min > 0 && self.end.saturating_sub(ptr) < min {
                return false;
            }
            pc += self.op(pc + 1) as usize + 1;
        }
        loop {
            let op = self.op(pc);
            match op {
                SUCCESS => {
                    if self.ends_empty(top, ptr) {
                        return false;
                    }
                    self.ptr = ptr;
                    return true;
                }
                MARK => {
                    let i = self.op(pc + 1) as i64;
                    if i & 1 == 1 {
                        self.lastindex = i / 2 + 1;
                    }
                    if i > self.lastmark {
                        for j in self.lastmark + 1..i {
                            if let Some(m) = self.marks.get_mut(j as usize) {
                                *m = UNSET;
                            }
                        }
                        self.lastmark = i;
                    }
                    if let Some(m) = self.marks.get_mut(i as usize) {
                        *m = ptr;
                    }
                    pc += 2;
                }
                LITERAL | NOT_LITERAL | LITERAL_IGNORE | NOT_LITERAL_IGNORE | LITERAL_UNI_IGNORE
                | NOT_LITERAL_UNI_IGNORE | LITERAL_LOC_IGNORE | NOT_LITERAL_LOC_IGNORE | CATEGORY => {
                    if ptr >= self.end || self.single(pc, self.text.at(ptr)) != Some(true) {
                        return false;
                    }
                    pc += 2;
                    ptr += 1;
                }
                ANY | ANY_ALL => {
                    if ptr >= self.end || (op == ANY && self.text.at(ptr) == 10) {
                        return false;
                    }
                    pc += 1;
                    ptr += 1;
                }
                IN | IN_IGNORE | IN_UNI_IGNORE | IN_LOC_IGNORE => {
                    if ptr >= self.end || self.single(pc, self.text.at(ptr)) != Some(true) {
                        return false;
                    }
                    pc += 1 + self.op(pc + 1) as usize;
                    ptr += 1;
                }
                AT => {
                    if !self.at_position(ptr, self.op(pc + 1)) {
                        return false;
                    }
                    pc += 2;
                }
                GROUPREF | GROUPREF_IGNORE | GROUPREF_UNI_IGNORE | GROUPREF_LOC_IGNORE => {
                    let Some((a, b)) = self.referred(self.op(pc + 1)) else { return false };
                    let fold: fn(u32) -> u32 = match op {
                        GROUPREF => |c| c,
                        GROUPREF_UNI_IGNORE => lower_unicode,
                        _ => lower_ascii,
                    };
                    for i in a..b {
                        if ptr >= self.end || fold(self.text.at(ptr)) != fold(self.text.at(i)) {
                            return false;
                        }
                        ptr += 1;
                    }
                    pc += 2;
                }
                GROUPREF_EXISTS => {
                    if self.referred(self.op(pc + 1)).is_some() {
                        pc += 3;
                    } else {
                        pc += 1 + self.op(pc + 2) as usize;
                    }
                }
                JUMP | INFO => pc += 1 + self.op(pc + 1) as usize,
                ASSERT => {
                    let back = self.op(pc + 2) as usize;
                    if ptr < back || !self.go(pc + 3, ptr - back, false) {
                        return false;
                    }
                    pc += 1 + self.op(pc + 1) as usize;
                }
                ASSERT_NOT => {
                    let back = self.op(pc + 2) as usize;
                    if ptr >= back {
                        let (mark, index) = (self.lastmark, self.lastindex);
                        let base = self.push_marks();
                        let found = self.go(pc + 3, ptr - back, false);
                        if !found {
                            self.restore_marks(base);
                        }
                        self.drop_marks(base);
                        if found {
                            return false;
                        }
                        (self.lastmark, self.lastindex) = (mark, index);
                    }
                    pc += 1 + self.op(pc + 1) as usize;
                }
                BRANCH => return self.branch(pc + 1, ptr, top),
                REPEAT_ONE => return self.repeat_one(pc, ptr, top),
                MIN_REPEAT_ONE => return self.min_repeat_one(pc, ptr, top),
                POSSESSIVE_REPEAT_ONE => {
                    let (min, max) = (self.op(pc + 2) as usize, self.op(pc + 3));
                    if self.end - ptr < min {
                        return false;
                    }
                    let n = self.count(pc + 4, ptr, max);
                    if n < min {
                        return false;
                    }
                    ptr += n;
                    pc += 1 + self.op(pc + 1) as usize;
                }
                REPEAT => {
                    let at = self.repeats.len();
                    self.repeats.push(Repeat { pattern: pc + 1, count: -1, last: None, prev: self.repeat });
                    let prev = self.repeat;
                    self.repeat = Some(at);
                    let ok = self.go(pc + 1 + self.op(pc + 1) as usize, ptr, top);
                    self.repeat = prev;
                    self.repeats.truncate(at);
                    return ok;
                }
                MAX_UNTIL => return self.max_until(pc, ptr, top),
                MIN_UNTIL => return self.min_until(pc, ptr, top),
                POSSESSIVE_REPEAT => match self.possessive(pc + 1, ptr) {
                    Some(end) => {
                        ptr = end;
                        pc += 2 + self.op(pc + 1) as usize;
                    }
                    None => return false,
                },
                ATOMIC_GROUP => {
                    if !self.go(pc + 2, ptr, false) {
                        return false;
                    }
                    ptr = self.ptr;
                    pc += 1 + self.op(pc + 1) as usize;
                }
                _ => return false,
            }
        }
    }

    fn branch(&mut self, mut pc: usize, ptr: usize, top: bool) -> bool {
        let (mark, index) = (self.lastmark, self.lastindex);
        let base = self.push_marks();
        let here = if ptr < self.end { Some(self.text.at(ptr)) } else { None };
        loop {
            let skip = self.op(pc) as usize;
            if skip == 0 {
                break;
            }
            // A first character that cannot match saves the attempt.
            let plausible = match self.op(pc + 1) {
                LITERAL => here == Some(self.op(pc + 2)),
                IN => here.is_some_and(|c| charset(self.code, pc + 3, c)),
                _ => true,
            };
            if plausible {
                if self.go(pc + 1, ptr, top) {
                    self.drop_marks(base);
                    return true;
                }
                self.restore_marks(base);
                (self.lastmark, self.lastindex) = (mark, index);
            }
            pc += skip;
        }
        self.drop_marks(base);
        false
    }

    fn repeat_one(&mut self, pc: usize, ptr: usize, top: bool) -> bool {
        let (min, max) = (self.op(pc + 2) as usize, self.op(pc + 3));
        if self.end - ptr < min {
            return false;
        }
        let mut n = self.count(pc + 4, ptr, max);
        if n < min {
            return false;
        }
        let tail = pc + 1 + self.op(pc + 1) as usize;
        if self.op(tail) == SUCCESS && ptr + n == self.end && !self.ends_empty(top, ptr + n) {
            self.ptr = ptr + n;
            return true;
        }
        let (mark, index) = (self.lastmark, self.lastindex);
        let base = self.push_marks();
        let literal = (self.op(tail) == LITERAL).then(|| self.op(tail + 1));
        let ok = loop {
            let here = ptr + n;
            let plausible = match literal {
                Some(c) => here < self.end && self.text.at(here) == c,
                None => true,
            };
            if plausible {
                if self.go(tail, here, top) {
                    break true;
                }
                self.restore_marks(base);
                (self.lastmark, self.lastindex) = (mark, index);
            }
            if n == min {
                break false;
            }
            n -= 1;
        };
        self.drop_marks(base);
        ok
    }

    fn min_repeat_one(&mut self, pc: usize, ptr: usize, top: bool) -> bool {
        let (min, max) = (self.op(pc + 2) as usize, self.op(pc + 3));
        if self.end - ptr < min {
            return false;
        }
        let mut n = 0;
        if min > 0 {
            n = self.count(pc + 4, ptr, min as u32);
            if n < min {
                return false;
            }
        }
        let tail = pc + 1 + self.op(pc + 1) as usize;
        let (mark, index) = (self.lastmark, self.lastindex);
        let base = self.push_marks();
        let ok = loop {
            if max != MAXREPEAT && n > max as usize {
                break false;
            }
            if self.go(tail, ptr + n, top) {
                break true;
            }
            self.restore_marks(base);
            (self.lastmark, self.lastindex) = (mark, index);
            if ptr + n >= self.end || self.count(pc + 4, ptr + n, 1) == 0 {
                break false;
            }
            n += 1;
        };
        self.drop_marks(base);
        ok
    }

    fn rep(&self, at: usize) -> Repeat {
        self.repeats.get(at).copied().unwrap_or(Repeat { pattern: 0, count: 0, last: None, prev: None })
    }
    fn set_rep(&mut self, at: usize, f: impl FnOnce(&mut Repeat)) {
        if let Some(r) = self.repeats.get_mut(at) {
            f(r);
        }
    }
    /// Runs a tail outside the repeat: repeats that it starts itself go to the end of the list and leave it again.
    fn tail(&mut self, at: usize, pc: usize, ptr: usize, top: bool) -> bool {
        self.repeat = self.rep(at).prev;
        let ok = self.go(pc, ptr, top);
        self.repeat = Some(at);
        ok
    }

    fn max_until(&mut self, pc: usize, ptr: usize, top: bool) -> bool {
        let Some(at) = self.repeat else { return false };
        let rep = self.rep(at);
        let (min, max) = (i64::from(self.op(rep.pattern + 1)), self.op(rep.pattern + 2));
        let count = rep.count + 1;
        let body = rep.pattern + 3;
        if count < min {
            self.set_rep(at, |r| r.count = count);
            if self.go(body, ptr, top) {
                return true;
            }
            self.set_rep(at, |r| r.count = count - 1);
            return false;
        }
        if (max == MAXREPEAT || count < i64::from(max)) && rep.last != Some(ptr) {
            let (mark, index) = (self.lastmark, self.lastindex);
            let base = self.push_marks();
            self.set_rep(at, |r| {
                r.count = count;
                r.last = Some(ptr);
            });
            let ok = self.go(body, ptr, top);
            self.set_rep(at, |r| r.last = rep.last);
            if ok {
                self.drop_marks(base);
                return true;
            }
            self.restore_marks(base);
            self.drop_marks(base);
            (self.lastmark, self.lastindex) = (mark, index);
            self.set_rep(at, |r| r.count = count - 1);
        }
        self.tail(at, pc + 1, ptr, top)
    }

    fn min_until(&mut self, pc: usize, ptr: usize, top: bool) -> bool {
        let Some(at) = self.repeat else { return false };
        let rep = self.rep(at);
        let (min, max) = (i64::from(self.op(rep.pattern + 1)), self.op(rep.pattern + 2));
        let count = rep.count + 1;
        let body = rep.pattern + 3;
        if count < min {
            self.set_rep(at, |r| r.count = count);
            if self.go(body, ptr, top) {
                return true;
            }
            self.set_rep(at, |r| r.count = count - 1);
            return false;
        }
        let (mark, index) = (self.lastmark, self.lastindex);
        let base = self.push_marks();
        if self.tail(at, pc + 1, ptr, top) {
            self.drop_marks(base);
            return true;
        }
        self.restore_marks(base);
        self.drop_marks(base);
        (self.lastmark, self.lastindex) = (mark, index);
        if (max != MAXREPEAT && count >= i64::from(max)) || rep.last == Some(ptr) {
            return false;
        }
        self.set_rep(at, |r| {
            r.count = count;
            r.last = Some(ptr);
        });
        let ok = self.go(body, ptr, top);
        self.set_rep(at, |r| r.last = rep.last);
        if !ok {
            self.set_rep(at, |r| r.count = count - 1);
        }
        ok
    }

    /// Takes as many items as there are and keeps them; the end of the last.
    fn possessive(&mut self, args: usize, mut ptr: usize) -> Option<usize> {
        let (min, max) = (u64::from(self.op(args + 1)), self.op(args + 2));
        let at = self.repeats.len();
        let prev = self.repeat;
        self.repeats.push(Repeat { pattern: args, count: -1, last: None, prev });
        self.repeat = Some(at);
        let mut n = 0u64;
        let mut ok = true;
        while n < min {
            if !self.go(args + 3, ptr, false) {
                ok = false;
                break;
            }
            n += 1;
            ptr = self.ptr;
        }
        let mut last = None;
        while ok && (max == MAXREPEAT || n < u64::from(max)) && last != Some(ptr) {
            let (mark, index) = (self.lastmark, self.lastindex);
            let base = self.push_marks();
            last = Some(ptr);
            let more = self.go(args + 3, ptr, false);
            if !more {
                self.restore_marks(base);
                (self.lastmark, self.lastindex) = (mark, index);
            }
            self.drop_marks(base);
            if !more {
                break;
            }
            n += 1;
            ptr = self.ptr;
        }
        self.repeat = prev;
        self.repeats.truncate(at);
        ok.then_some(ptr)
    }
}
