//! Owns: reading `grammar.txt` into rules.
//! Never: parses Python.

use super::keywords;
use super::tokens::Kind;
use std::collections::HashMap;
use std::sync::OnceLock;

const TEXT: &str = include_str!("grammar.txt");

pub struct Grammar {
    pub rules: Vec<Rule>,
    /// What could not be read: the tests expect nothing here.
    #[cfg_attr(not(test), expect(dead_code))]
    pub mistakes: Vec<String>,
}

pub struct Rule {
    #[cfg_attr(not(test), expect(dead_code))]
    pub name: &'static str,
    pub memo: bool,
    pub left: bool,
    /// Rules for mistakes do not count below this one.
    pub quiet: bool,
    pub alternatives: Vec<Alternative>,
}

pub struct Alternative {
    pub items: Vec<(Option<Slot>, Item)>,
    pub action: Action,
    /// Only tried in the second pass.
    pub invalid: bool,
}

/// A named item: `a`, `b` or `c`.
pub type Slot = u8;

pub enum Item {
    Token(Kind),
    Soft(&'static str),
    AnySoft,
    Rule(usize),
    Group(Vec<Alternative>),
    Optional(Box<Item>),
    Repeat { item: Box<Item>, separator: Option<Box<Item>>, least: usize },
    Look { item: Box<Item>, wanted: bool },
    Cut,
    Forced(Kind, &'static str),
}

pub enum Action {
    Default,
    Pass(Slot),
    Node(Node),
    Raise { how: &'static str, slots: Vec<Slot>, text: &'static str },
}

/// What an error message calls an expression, and the few other things that actions look into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    Attribute, Subscript, Starred, Name, List, Tuple, Lambda, Call, Operation, Generator, Yield, Await, ListComp, SetComp, DictComp,
    Dict, Set, FString, Literal, True, False, None, Ellipsis, Compare, IfExp, Named,
    Slice, Param, Keyword, Unpacking, Args, Seq, Token, Other,
}

#[rustfmt::skip]
const NODES: &[(&str, Node, &str)] = &[
    ("Attribute", Node::Attribute, "attribute"), ("Subscript", Node::Subscript, "subscript"), ("Starred", Node::Starred, "starred"),
    ("Name", Node::Name, "name"), ("List", Node::List, "list"), ("Tuple", Node::Tuple, "tuple"), ("Lambda", Node::Lambda, "lambda"),
    ("Call", Node::Call, "function call"), ("Operation", Node::Operation, "expression"),
    ("Generator", Node::Generator, "generator expression"), ("Yield", Node::Yield, "yield expression"),
    ("Await", Node::Await, "await expression"), ("ListComp", Node::ListComp, "list comprehension"),
    ("SetComp", Node::SetComp, "set comprehension"), ("DictComp", Node::DictComp, "dict comprehension"), ("Dict", Node::Dict, "dict literal"),
    ("Set", Node::Set, "set display"), ("FString", Node::FString, "f-string expression"), ("Literal", Node::Literal, "literal"),
    ("True", Node::True, "True"), ("False", Node::False, "False"), ("None", Node::None, "None"), ("Ellipsis", Node::Ellipsis, "ellipsis"),
    ("Compare", Node::Compare, "comparison"), ("IfExp", Node::IfExp, "conditional expression"), ("Named", Node::Named, "named expression"),
    ("Slice", Node::Slice, "slice"), ("Param", Node::Param, ""), ("Keyword", Node::Keyword, ""), ("Unpacking", Node::Unpacking, ""),
    ("Args", Node::Args, ""), ("Seq", Node::Seq, ""), ("Token", Node::Token, ""), ("Other", Node::Other, ""),
];

impl Node {
    /// CPython 3.13: Parser/pegen.c, _PyPegen_get_expr_name.
    pub fn called(self) -> &'static str {
        NODES.iter().find(|row| row.1 == self).map_or("", |row| row.2)
    }
}

pub fn grammar() -> &'static Grammar {
    static GRAMMAR: OnceLock<Grammar> = OnceLock::new();
    GRAMMAR.get_or_init(read)
}

fn read() -> Grammar {
    // A rule goes on over indented lines.
    let mut heads: Vec<(&'static str, Vec<&'static str>)> = Vec::new();
    for line in TEXT.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        match heads.last_mut() {
            Some(last) if line.starts_with(' ') => last.1.push(line),
            _ => {
                let (head, body) = line.split_once(": ").unwrap_or((line, ""));
                heads.push((head, vec![body]));
            }
        }
    }
    let names: HashMap<&'static str, usize> =
        heads.iter().enumerate().map(|(at, head)| (head.0.split(' ').next().unwrap_or(""), at)).collect();
    let mut mistakes = Vec::new();
    let mut rules = Vec::new();
    for (head, lines) in heads {
        let mut words = head.split(' ');
        let name = words.next().unwrap_or("");
        let flags: Vec<&str> = words.collect();
        let tokens = lines.into_iter().flat_map(split).collect();
        let mut reader = Reader { tokens, at: 0, names: &names, mistakes: &mut mistakes, rule: name };
        let alternatives = reader.alternatives();
        if reader.at != reader.tokens.len() {
            reader.mistake("something is left");
        }
        let has = |flag| flags.contains(&flag);
        rules.push(Rule { name, memo: has("memo"), left: has("left"), quiet: has("quiet"), alternatives });
    }
    Grammar { rules, mistakes }
}

/// Words, quoted texts with their quotes, and single signs.
fn split(line: &'static str) -> Vec<&'static str> {
    let mut found = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' => rest.get(1..).and_then(|text| text.find('\'')).map_or(rest.len(), |at| at + 2),
            '"' => {
                let mut escaped = false;
                let end = rest.char_indices().skip(1).find(|(_, c)| {
                    let ends = *c == '"' && !escaped;
                    escaped = *c == '\\' && !escaped;
                    ends
                });
                end.map_or(rest.len(), |(at, _)| at + 1)
            }
            c if c.is_alphanumeric() || c == '_' => rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len()),
            '&' if rest.starts_with("&&") => 2,
            '=' if rest.starts_with("=>") => 2,
            c => c.len_utf8(),
        };
        let (token, tail) = rest.split_at(length);
        found.push(token);
        rest = tail.trim_start();
    }
    found
}

/// One item alone needs no group, and CPython makes no function of it.
fn group(mut inside: Vec<Alternative>) -> Item {
    let alone = matches!(inside.as_slice(), [Alternative { items, action: Action::Default, .. }] if matches!(items.as_slice(), [(None, _)]));
    let only = if alone { inside.pop().and_then(|mut only| only.items.pop()) } else { None };
    match only {
        Some((_, item)) => item,
        None => Item::Group(inside),
    }
}

struct Reader<'g> {
    tokens: Vec<&'static str>,
    at: usize,
    names: &'g HashMap<&'static str, usize>,
    mistakes: &'g mut Vec<String>,
    rule: &'static str,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> &'static str {
        self.tokens.get(self.at + ahead).copied().unwrap_or("")
    }

    fn next(&mut self) -> &'static str {
        self.at += 1;
        self.tokens.get(self.at - 1).copied().unwrap_or("")
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.peek(0) == token;
        self.at += usize::from(found);
        found
    }

    fn mistake(&mut self, what: &str) {
        self.mistakes.push(format!("{}: {what} at {}", self.rule, self.peek(0)));
    }

    fn alternatives(&mut self) -> Vec<Alternative> {
        let mut list = vec![self.alternative()];
        while self.take("|") {
            list.push(self.alternative());
        }
        list
    }

    fn alternative(&mut self) -> Alternative {
        let mut items = Vec::new();
        let mut invalid = false;
        while !matches!(self.peek(0), "" | "|" | ")" | "]" | "=>") {
            let slot = match self.peek(0) {
                "a" | "b" | "c" if self.peek(1) == "=" => {
                    let slot = self.next().bytes().next().map(|byte| byte - b'a');
                    self.at += 1;
                    slot
                }
                _ => None,
            };
            invalid = items.is_empty() && self.peek(0).starts_with("invalid_");
            items.push((slot, self.item()));
        }
        let action = if self.take("=>") { self.action() } else { Action::Default };
        Alternative { items, action, invalid }
    }

    fn slot(&mut self) -> Option<Slot> {
        match self.peek(0) {
            "a" | "b" | "c" => self.next().bytes().next().map(|byte| byte - b'a'),
            _ => None,
        }
    }

    fn action(&mut self) -> Action {
        if self.take("!") {
            let how = self.next();
            let mut slots = Vec::new();
            while let Some(slot) = self.slot() {
                slots.push(slot);
            }
            if slots.is_empty() {
                slots.push(0);
            }
            let text = if self.peek(0).starts_with('"') { self.next() } else { "" };
            return Action::Raise { how, slots, text: text.trim_matches('"') };
        }
        if let Some(slot) = self.slot() {
            return Action::Pass(slot);
        }
        let name = self.next();
        match NODES.iter().find(|row| row.0 == name) {
            Some(row) => Action::Node(row.1),
            None => {
                self.mistake("an unknown action");
                Action::Default
            }
        }
    }

    fn item(&mut self) -> Item {
        for (sign, wanted) in [("&", true), ("!", false)] {
            if self.take(sign) {
                return Item::Look { item: Box::new(self.atom()), wanted };
            }
        }
        if self.take("~") {
            return Item::Cut;
        }
        if self.take("&&") {
            let text = self.next().trim_matches('\'');
            return Item::Forced(self.word(text), text);
        }
        if self.take("[") {
            let inside = self.alternatives();
            self.take("]");
            return Item::Optional(Box::new(group(inside)));
        }
        let atom = self.atom();
        match self.peek(0) {
            "?" => {
                self.at += 1;
                Item::Optional(Box::new(atom))
            }
            "*" | "+" => {
                let least = usize::from(self.next() == "+");
                Item::Repeat { item: Box::new(atom), separator: None, least }
            }
            "." => {
                self.at += 1;
                let item = self.atom();
                self.take("+");
                Item::Repeat { item: Box::new(item), separator: Some(Box::new(atom)), least: 1 }
            }
            _ => atom,
        }
    }

    fn atom(&mut self) -> Item {
        if self.take("(") {
            let inside = self.alternatives();
            self.take(")");
            return group(inside);
        }
        let token = self.next();
        let kind = match token {
            "NAME" => Kind::Name,
            "NUMBER" => Kind::Number,
            "STRING" => Kind::Str,
            "FSTART" => Kind::FStart,
            "FMIDDLE" => Kind::FMiddle,
            "FEND" => Kind::FEnd,
            "NEWLINE" => Kind::Newline,
            "INDENT" => Kind::Indent,
            "DEDENT" => Kind::Dedent,
            "END" => Kind::End,
            "SOFT_KEYWORD" => return Item::AnySoft,
            _ if token.starts_with('\'') => self.word(token.trim_matches('\'')),
            _ if token.starts_with('"') => return Item::Soft(token.trim_matches('"')),
            _ => match self.names.get(token) {
                Some(rule) => return Item::Rule(*rule),
                None => {
                    self.mistakes.push(format!("{}: no rule {token}", self.rule));
                    Kind::Other
                }
            },
        };
        Item::Token(kind)
    }

    fn word(&mut self, text: &str) -> Kind {
        match keywords::word(text).map(Kind::Keyword).or(keywords::find_operator(text).map(Kind::Op)) {
            Some(kind) => kind,
            None => {
                self.mistakes.push(format!("{}: no token {text}", self.rule));
                Kind::Other
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_read_whole() {
        assert_eq!(grammar().mistakes, Vec::<String>::new());
        assert_eq!(grammar().rules.first().map(|rule| rule.name), Some("file"));
    }
}
