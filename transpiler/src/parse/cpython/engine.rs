//! Owns: running the grammar over tokens as CPython's generated parser does: ordered choice, memory, left recursion,
//! cuts, and the second pass for mistakes.
//! Never: words an error (`raise` does).
//!
//! CPython 3.13: Parser/pegen.c and Tools/peg_generator/pegen/c_generator.py.

use super::grammar::{Action, Alternative, Grammar, Item, Node, Slot};
use super::keywords::SOFT;
use super::tokens::{Kind, Token, Tokens};
use super::Wrong;

/// `MAXSTACK`.
const MAX_LEVEL: u32 = 6000;

/// What an item matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value(u32);

/// An optional item that was not there.
pub const ABSENT: Value = Value(u32::MAX);

/// A piece of the text: its first and last token, and the named pieces inside.
#[derive(Debug)]
pub struct Piece {
    pub node: Node,
    pub first: u32,
    pub last: u32,
    pub inside: Vec<Value>,
}

type Slots = [Value; 3];

pub struct Engine<'t> {
    pub grammar: &'static Grammar,
    pub text: &'t str,
    pub tokens: &'t Tokens,
    pub mark: usize,
    /// Tokens that have been looked at.
    pub fill: usize,
    pub wrong: Option<Wrong>,
    invalid_rules: bool,
    level: u32,
    pieces: Vec<Piece>,
    /// Per token: the rules that were tried there, what came out, and where the mark stood then.
    memory: Vec<Vec<(u16, Option<Value>, u32)>>,
}

impl<'t> Engine<'t> {
    pub fn new(grammar: &'static Grammar, text: &'t str, tokens: &'t Tokens) -> Self {
        Self {
            grammar,
            text,
            tokens,
            mark: 0,
            fill: 0,
            wrong: None,
            invalid_rules: false,
            level: 0,
            pieces: Vec::new(),
            memory: vec![Vec::new(); tokens.list.len() + 1],
        }
    }

    /// Whether the text is a module.
    pub fn accepts(&mut self) -> bool {
        self.rule(0).is_some()
    }

    /// The second pass: rules for mistakes count.
    pub fn again(&mut self) {
        self.memory.iter_mut().for_each(Vec::clear);
        self.pieces.clear();
        self.level = 0;
        self.mark = 0;
        self.invalid_rules = true;
        self.rule(0);
    }

    pub fn piece(&self, value: Value) -> Option<&Piece> {
        self.pieces.get(value.0 as usize)
    }

    pub fn token_at(&self, at: usize) -> Option<&'t Token> {
        self.tokens.list.get(at)
    }

    /// The token at the mark; reading past the last one is the tokenizer's error.
    fn token(&mut self) -> Option<&'t Token> {
        let token = self.tokens.list.get(self.mark);
        if token.is_some() {
            self.fill = self.fill.max(self.mark + 1);
        } else if self.wrong.is_none() {
            self.wrong = Some(Wrong::of_tokenizer(self.tokens));
        }
        token
    }

    pub fn word(&self, token: &Token) -> &'t str {
        self.text.get(token.start as usize..token.end as usize).unwrap_or("")
    }

    fn new_piece(&mut self, node: Node, from: usize, inside: Vec<Value>) -> Value {
        let last = self.mark.saturating_sub(1).max(from) as u32;
        self.pieces.push(Piece { node, first: from as u32, last, inside });
        Value(self.pieces.len() as u32 - 1)
    }

    fn rule(&mut self, number: usize) -> Option<Value> {
        let rule = self.grammar.rules.get(number)?;
        if !self.deeper() {
            return None;
        }
        let start = self.mark;
        let result = if rule.left {
            self.left_recursive(number)
        } else if rule.memo {
            match self.recall(start, number) {
                Some((value, mark)) => {
                    self.mark = mark as usize;
                    value
                }
                None => {
                    let value = self.alternatives(&rule.alternatives);
                    self.remember(start, number, value, self.mark);
                    value
                }
            }
        } else if rule.quiet {
            let before = std::mem::replace(&mut self.invalid_rules, false);
            let value = self.alternatives(&rule.alternatives);
            self.invalid_rules = before;
            value
        } else {
            self.alternatives(&rule.alternatives)
        };
        self.level -= 1;
        // Whole statements at the top level are never looked at again.
        if number == STATEMENT && self.level <= TOP_LEVEL {
            self.memory.iter_mut().take(self.mark).skip(start).for_each(|list| *list = Vec::new());
            self.pieces.clear();
        }
        result
    }

    fn recall(&self, at: usize, rule: usize) -> Option<(Option<Value>, u32)> {
        self.memory.get(at)?.iter().find(|row| usize::from(row.0) == rule).map(|row| (row.1, row.2))
    }

    fn remember(&mut self, at: usize, rule: usize, value: Option<Value>, mark: usize) {
        let Some(list) = self.memory.get_mut(at) else { return };
        match list.iter_mut().find(|row| usize::from(row.0) == rule) {
            Some(row) => *row = (rule as u16, value, mark as u32),
            None => list.push((rule as u16, value, mark as u32)),
        }
    }

    /// Grows the match as long as it gets longer.
    fn left_recursive(&mut self, number: usize) -> Option<Value> {
        let rule = self.grammar.rules.get(number)?;
        let start = self.mark;
        if let Some((value, mark)) = self.recall(start, number) {
            self.mark = mark as usize;
            return value;
        }
        let mut best = (None, start);
        // CPython makes two functions of such a rule.
        if !self.deeper() {
            return None;
        }
        loop {
            self.remember(start, number, best.0, best.1);
            self.mark = start;
            let value = self.alternatives(&rule.alternatives);
            if self.wrong.is_some() {
                return None;
            }
            if value.is_none() || self.mark <= best.1 {
                break;
            }
            best = (value, self.mark);
        }
        self.level -= 1;
        self.mark = best.1;
        best.0
    }

    /// Counts calls that are not over; too many are CPython's MemoryError.
    fn deeper(&mut self) -> bool {
        if self.wrong.is_some() {
            return false;
        }
        if self.level >= MAX_LEVEL {
            self.wrong = Some(Wrong::too_complex());
            return false;
        }
        self.level += 1;
        true
    }

    fn alternatives(&mut self, list: &'static [Alternative]) -> Option<Value> {
        let start = self.mark;
        for alternative in list {
            if alternative.invalid && !self.invalid_rules {
                continue;
            }
            let mut slots = [ABSENT; 3];
            let mut only = None;
            let mut count = 0;
            let mut cut = false;
            let mut matched = true;
            for (slot, item) in &alternative.items {
                if matches!(item, Item::Cut) {
                    cut = true;
                    continue;
                }
                let Some(value) = self.item(item) else {
                    matched = false;
                    break;
                };
                if !matches!(item, Item::Look { .. }) {
                    count += 1;
                    only = Some(value);
                }
                if let Some(place) = slot.and_then(|slot| slots.get_mut(usize::from(slot))) {
                    *place = value;
                }
            }
            if matched {
                // What an action refuses is refused for good: no other alternative is tried.
                return self.act(alternative, start, &slots, only.filter(|_| count == 1));
            }
            if self.wrong.is_some() {
                return None;
            }
            self.mark = start;
            if cut {
                return None;
            }
        }
        None
    }

    fn act(&mut self, alternative: &'static Alternative, start: usize, slots: &Slots, only: Option<Value>) -> Option<Value> {
        let get = |slot: &Slot| slots.get(usize::from(*slot)).copied().unwrap_or(ABSENT);
        match &alternative.action {
            Action::Default => Some(only.unwrap_or_else(|| self.new_piece(Node::Other, start, Vec::new()))),
            Action::Pass(slot) => Some(get(slot)),
            Action::Node(node) => {
                let inside = slots.iter().copied().filter(|value| *value != ABSENT).collect();
                Some(self.new_piece(*node, start, inside))
            }
            Action::Raise { how, slots: named, text } => {
                let values: Vec<Value> = named.iter().map(get).collect();
                self.raise(how, &values, text)
            }
        }
    }

    fn item(&mut self, item: &'static Item) -> Option<Value> {
        match item {
            Item::Token(kind) => {
                if self.token()?.kind != *kind {
                    return None;
                }
                let at = self.mark;
                self.mark += 1;
                let node = match kind {
                    Kind::Name => Node::Name,
                    Kind::Number => return self.number(at),
                    Kind::Keyword(_) | Kind::Str | Kind::FStart | Kind::FMiddle | Kind::FEnd | Kind::Op(_) | Kind::Other | Kind::Newline | Kind::Indent | Kind::Dedent | Kind::End => Node::Token,
                };
                Some(self.new_piece(node, at, Vec::new()))
            }
            Item::Soft(word) => {
                let token = self.token()?;
                if token.kind != Kind::Name || self.word(token) != *word {
                    return None;
                }
                self.mark += 1;
                Some(self.new_piece(Node::Name, self.mark - 1, Vec::new()))
            }
            // CPython compares as many letters as the name has: `t` passes for `type`.
            Item::AnySoft => {
                let token = self.token()?;
                if token.kind != Kind::Name || !SOFT.iter().any(|soft| soft.starts_with(self.word(token))) {
                    return None;
                }
                self.mark += 1;
                Some(self.new_piece(Node::Name, self.mark - 1, Vec::new()))
            }
            Item::Rule(number) => self.rule(*number),
            Item::Group(list) => {
                if !self.deeper() {
                    return None;
                }
                let value = self.alternatives(list);
                self.level -= 1;
                value
            }
            Item::Optional(inside) => {
                let start = self.mark;
                match self.item(inside) {
                    Some(value) => Some(value),
                    None if self.wrong.is_some() => None,
                    None => {
                        self.mark = start;
                        Some(ABSENT)
                    }
                }
            }
            Item::Repeat { item, separator, least } => self.repeat(item, separator.as_deref(), *least),
            Item::Look { item, wanted } => {
                let start = self.mark;
                let found = self.item(item).is_some();
                self.mark = start;
                (self.wrong.is_none() && found == *wanted).then_some(ABSENT)
            }
            Item::Cut => Some(ABSENT),
            Item::Forced(kind, text) => {
                let token = self.token()?;
                if token.kind == *kind {
                    self.mark += 1;
                    return Some(self.new_piece(Node::Token, self.mark - 1, Vec::new()));
                }
                self.wrong = Some(Wrong::over("SyntaxError", format!("expected '{text}'"), token, token));
                None
            }
        }
    }

    fn repeat(&mut self, item: &'static Item, separator: Option<&'static Item>, least: usize) -> Option<Value> {
        if !self.deeper() {
            return None;
        }
        let outside = self.level;
        let start = self.mark;
        let mut inside = Vec::new();
        loop {
            let before = self.mark;
            if !inside.is_empty()
                && let Some(separator) = separator
                && self.item(separator).is_none()
            {
                self.mark = before;
                break;
            }
            // CPython reads all but the first in a function of their own.
            if separator.is_some() && inside.len() == 1 && !self.deeper() {
                return None;
            }
            match self.item(item) {
                Some(value) => inside.push(value),
                None => {
                    self.mark = before;
                    break;
                }
            }
            if self.mark == before {
                break;
            }
        }
        self.level = outside - 1;
        if self.wrong.is_some() || inside.len() < least {
            self.mark = start;
            return None;
        }
        Some(self.new_piece(Node::Seq, start, inside))
    }

    /// The leaves of nested sequences, without what was left out.
    pub fn flat(&self, values: &[Value], out: &mut Vec<Value>) {
        for value in values {
            match self.piece(*value) {
                Some(piece) if piece.node == Node::Seq => self.flat(&piece.inside, out),
                Some(_) => out.push(*value),
                None => {}
            }
        }
    }

    pub fn value_piece(&mut self, node: Node, first: usize) -> Value {
        self.new_piece(node, first, Vec::new())
    }
}

/// The number of the rule `statement`.
const STATEMENT: usize = 2;
/// How many calls are not over when a statement of the module is.
const TOP_LEVEL: u32 = 4;

#[cfg(test)]
mod tests {
    use super::super::grammar::grammar;

    #[test]
    fn statements_have_their_number() {
        assert_eq!(grammar().rules[super::STATEMENT].name, "statement");
    }
}
