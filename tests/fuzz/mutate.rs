//! Owns: making programs: pieces of the real ones, with tokens and bytes deleted, doubled, exchanged, replaced and spliced.
//! Never: looks at what becomes of them.

use harness::{files, repository, root};
use std::fs;

/// Where a mutation may put what no program of the corpus has.
#[rustfmt::skip]
const SPICE: &[&str] = &[
    "(", ")", "[", "]", "{", "}", ",", ":", ".", ";", "@", "=", "->", "+=", ":=", "==", "**", "*", "-", "not ", "lambda ", " if ", " else ",
    " for ", " in ", "yield ", "await ", "async ", "return ", "break", "continue", "global x", "nonlocal x", "del ", "raise ", "import ",
    "from ", "as ", "class ", "def ", "with ", "try:", "except ", "finally:", "match ", "case ", "type ", "None", "True", "__debug__",
    "'", "\"", "'''", "f'", "b'", "rb'", "\\", "#", "!", "$", "?", "0x", "0b2", "08", "1_", "1e", "5j", "é", "€", "\t", "\n", " ", "    ",
    "\n    ", "*args", "**kw", "f'{x!r:>{w}}'", "[x for x in y]", "(x := 1)", "_", "__class__", "super()",
];

/// Long enough for several statements, short enough that a mutation matters.
const LONGEST_PIECE: usize = 30;

pub struct Mutator {
    state: u64,
    corpus: Vec<String>,
}

impl Mutator {
    pub fn new(seed: u64) -> Self {
        let mut corpus = Vec::new();
        for folder in [root().join("conformance"), root().join("golden"), root().join("ui"), repository().join("examples")] {
            corpus.extend(files(&folder, "py").into_iter().filter_map(|path| fs::read_to_string(path).ok()));
        }
        corpus.retain(|text| !text.trim().is_empty() && text.len() < 40_000);
        Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, corpus }
    }

    /// A number below `limit`: xorshift, which the same seed repeats on every machine.
    fn below(&mut self, limit: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 11) as usize % limit.max(1)
    }

    /// The next program.
    pub fn next(&mut self) -> String {
        let mut text = self.piece();
        if self.below(8) == 0 {
            let other = self.piece();
            text.push_str(&other);
        }
        for _ in 0..[1, 1, 1, 2, 3, 5][self.below(6)] {
            text = if self.below(4) == 0 { self.bytes(&text) } else { self.tokens(&text) };
        }
        text
    }

    fn piece(&mut self) -> String {
        let at = self.below(self.corpus.len());
        let (start, length) = (self.below(1 << 30), self.below(LONGEST_PIECE) + 1);
        let text = self.corpus.get(at).map_or("", String::as_str);
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let mut first = start % lines.len().max(1);
        // Back to the beginning of a statement of the module.
        while first > 0 && lines.get(first).is_some_and(|line| line.starts_with([' ', '\t', ')', ']', '}', '\n'])) {
            first -= 1;
        }
        lines.iter().skip(first).take(length).copied().collect()
    }

    fn tokens(&mut self, text: &str) -> String {
        let mut list = split(text);
        if list.is_empty() {
            return SPICE[self.below(SPICE.len())].to_owned();
        }
        let at = self.below(list.len());
        let spice = SPICE[self.below(SPICE.len())];
        match self.below(8) {
            0 => {
                list.remove(at);
            }
            1 => list.insert(at, list[at]),
            2 => {
                let other = self.below(list.len());
                list.swap(at, other);
            }
            3 => list[at] = spice,
            4 | 5 => list.insert(at, spice),
            6 => {
                let end = (at + 1 + self.below(5)).min(list.len());
                list.drain(at..end);
            }
            _ => {
                let donor = self.piece();
                let parts = split(&donor);
                let from = self.below(parts.len());
                let count = self.below(8) + 1;
                let taken: String = parts.iter().skip(from).take(count).copied().collect();
                let (head, tail): (String, String) = (list[..at].concat(), list[at..].concat());
                return head + &taken + &tail;
            }
        }
        list.concat()
    }

    fn bytes(&mut self, text: &str) -> String {
        let mut list: Vec<char> = text.chars().collect();
        let at = self.below(list.len());
        let new = char::from(b' ' + self.below(95) as u8);
        match self.below(4) {
            0 if !list.is_empty() => {
                list.remove(at);
            }
            1 if !list.is_empty() => list[at] = new,
            2 => list.truncate(at),
            _ => list.insert(at, new),
        }
        list.into_iter().collect()
    }
}

/// Words, numbers, runs of blanks, line ends and single signs.
fn split(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let same = |c: char| match first {
            first if first.is_alphanumeric() || first == '_' => c.is_alphanumeric() || c == '_',
            ' ' => c == ' ',
            _ => false,
        };
        let length = rest.char_indices().skip(1).find(|(_, c)| !same(*c)).map_or(rest.len(), |(at, _)| at);
        let (token, tail) = rest.split_at(length);
        found.push(token);
        rest = tail;
    }
    found
}
