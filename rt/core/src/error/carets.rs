//! Owns: which part of a source line a traceback underlines, and with which characters.
//! Never: reads files.
//! Source: CPython 3.13, Lib/traceback.py (`format_frame_summary`, `_should_show_carets`,
//! `_extract_caret_anchors_from_line_segment`). CPython parses the segment; here its outermost
//! operator, call or subscript is found by scanning.

/// Where the secondary characters (`^`) begin and end, in characters of the segment's lines.
#[derive(Debug, PartialEq)]
pub struct Anchors {
    left: (usize, usize),
    right: (usize, usize),
}

/// The outermost form of an expression.
#[derive(Debug, PartialEq, Clone, Copy)]
enum Form {
    Binary { at: usize, len: usize },
    Call { open: usize },
    Subscript { open: usize },
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Kind {
    Name,
    Number,
    Text,
    Group(char),
    Op,
}
struct Token {
    kind: Kind,
    start: usize,
    end: usize,
}

/// Splits into tokens of depth 0; a bracketed group is one token. `None`: not understood.
fn tokens(s: &[char]) -> Option<Vec<Token>> {
    let mut out: Vec<Token> = vec![];
    let mut i = 0;
    while i < s.len() {
        let c = s[i];
        let start = i;
        let kind = if c.is_whitespace() || c == '\\' {
            i += 1;
            continue;
        } else if c == '#' {
            while i < s.len() && s[i] != '\n' {
                i += 1;
            }
            continue;
        } else if c == '_' || c.is_alphabetic() {
            while i < s.len() && (s[i] == '_' || s[i].is_alphanumeric()) {
                i += 1;
            }
            if i < s.len() && (s[i] == '"' || s[i] == '\'') && i - start <= 2 {
                i = string_end(s, i)?;
                Kind::Text
            } else {
                Kind::Name
            }
        } else if c.is_ascii_digit() || c == '.' && s.get(i + 1).is_some_and(char::is_ascii_digit) {
            while i < s.len() && (s[i].is_alphanumeric() || s[i] == '.' || s[i] == '_' || (s[i] == '-' || s[i] == '+') && matches!(s[i - 1], 'e' | 'E')) {
                i += 1;
            }
            Kind::Number
        } else if c == '"' || c == '\'' {
            i = string_end(s, i)?;
            Kind::Text
        } else if matches!(c, '(' | '[' | '{') {
            i = group_end(s, i)?;
            Kind::Group(c)
        } else if matches!(c, ')' | ']' | '}') {
            return None;
        } else {
            let two: String = s[i..(i + 2).min(s.len())].iter().collect();
            let len = if ["**", "//", "<<", ">>", "==", "!=", "<=", ">=", ":=", "->"].contains(&two.as_str()) { 2 } else { 1 };
            i += len;
            Kind::Op
        };
        out.push(Token { kind, start, end: i });
    }
    Some(out)
}
fn string_end(s: &[char], at: usize) -> Option<usize> {
    let q = s[at];
    let triple = s.get(at + 1) == Some(&q) && s.get(at + 2) == Some(&q);
    let mut i = at + if triple { 3 } else { 1 };
    while i < s.len() {
        if s[i] == '\\' {
            i += 2;
            continue;
        }
        if s[i] == q && (!triple || s.get(i + 1) == Some(&q) && s.get(i + 2) == Some(&q)) {
            return Some(i + if triple { 3 } else { 1 });
        }
        i += 1;
    }
    None
}
fn group_end(s: &[char], at: usize) -> Option<usize> {
    let mut stack = vec![];
    let mut i = at;
    while i < s.len() {
        match s[i] {
            '(' | '[' | '{' => stack.push(s[i]),
            ')' | ']' | '}' => {
                stack.pop()?;
                if stack.is_empty() {
                    return Some(i + 1);
                }
            }
            '"' | '\'' => {
                i = string_end(s, i)?;
                continue;
            }
            '#' => {
                while i < s.len() && s[i] != '\n' {
                    i += 1;
                }
                continue;
            }
            _ => {}
        }
        i += 1;
    }
    None
}

const KEYWORDS: &[&str] = &[
    "and", "or", "not", "in", "is", "if", "else", "lambda", "await", "yield", "raise", "return", "assert", "del", "import", "from",
    "for", "while", "with", "async", "global", "nonlocal", "pass", "break", "continue", "def", "class", "except", "try", "finally",
];

/// The outermost form, when it is one that has anchors.
fn form(s: &[char]) -> Option<Form> {
    let all = tokens(s)?;
    let text = |t: &Token| s[t.start..t.end].iter().collect::<String>();
    let mut best: Option<(u8, Form)> = None;
    let mut operand = false;
    let mut unary = false;
    for t in &all {
        match t.kind {
            Kind::Name if KEYWORDS.contains(&text(t).as_str()) => return None,
            Kind::Name | Kind::Number | Kind::Text => operand = true,
            Kind::Group(_) => operand = true,
            Kind::Op => {
                let op = text(t);
                if op == "." {
                    continue;
                }
                if !operand {
                    if !matches!(op.as_str(), "+" | "-" | "~") {
                        return None;
                    }
                    unary |= best.is_none();
                    continue;
                }
                operand = false;
                let rank = match op.as_str() {
                    "|" => 1,
                    "^" => 2,
                    "&" => 3,
                    "<<" | ">>" => 4,
                    "+" | "-" => 5,
                    "*" | "/" | "//" | "%" | "@" => 6,
                    "**" => 8,
                    _ => return None,
                };
                let here = (rank, Form::Binary { at: t.start, len: t.end - t.start });
                // Operators group to the left, `**` to the right.
                if best.is_none_or(|(r, _)| rank < r || rank == r && rank != 8) {
                    best = Some(here);
                }
            }
        }
    }
    match best {
        Some((8, _)) if unary => return None,
        Some((_, f)) => return Some(f),
        None if unary => return None,
        None => {}
    }
    let last = all.last()?;
    if all.len() < 2 {
        return None;
    }
    match last.kind {
        Kind::Group('(') => Some(Form::Call { open: last.start }),
        Kind::Group('[') => Some(Form::Subscript { open: last.start }),
        Kind::Group(_) | Kind::Name | Kind::Number | Kind::Text | Kind::Op => None,
    }
}

fn position(s: &[char], at: usize) -> (usize, usize) {
    let line = s[..at].iter().filter(|c| **c == '\n').count();
    let col = at - s[..at].iter().rposition(|c| *c == '\n').map_or(0, |p| p + 1);
    (line, col)
}
fn anchors(segment: &[char]) -> Option<Anchors> {
    let (a, b) = match form(segment)? {
        Form::Binary { at, len } => (at, at + len),
        Form::Call { open } | Form::Subscript { open } => (open, segment.len()),
    };
    Some(Anchors { left: position(segment, a), right: position(segment, b) })
}

/// No carets where a whole statement `return f(…)` or `x = f(…)` would be underlined.
fn spans_statement(lines: &[Vec<char>], start: usize, end: usize, segment: &[char]) -> bool {
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return false };
    if !matches!(form(segment), Some(Form::Call { .. })) {
        return false;
    }
    let after: String = last[end.min(last.len())..].iter().collect();
    let after = after.trim_start();
    if !(after.is_empty() || after.starts_with('#') || after.starts_with(';')) {
        return false;
    }
    let before: String = first[..start.min(first.len())].iter().collect();
    let before = before.trim_end();
    if before == "return" {
        let name: usize = segment.iter().take_while(|c| **c == '_' || c.is_alphanumeric()).count();
        return name > 0 && segment.get(name) == Some(&'(') && group_end(segment, name) == Some(segment.len());
    }
    match before.strip_suffix('=') {
        Some(target) => {
            let target = target.trim_end();
            !target.is_empty() && target.chars().all(|c| c == '_' || c.is_alphanumeric()) && !target.starts_with(|c: char| c.is_ascii_digit())
        }
        None => false,
    }
}

fn wide(c: char) -> bool {
    matches!(c as u32, 0x1100..=0x115F | 0x2E80..=0x303E | 0x3041..=0xA4CF | 0xA960..=0xA97F | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF
        | 0xFE30..=0xFE6F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x1F300..=0x1F64F | 0x1F680..=0x1F6FF | 0x1F900..=0x1F9FF | 0x20000..=0x3FFFD)
}
fn width(line: &[char], offset: usize) -> usize {
    if line.iter().all(char::is_ascii) {
        return offset;
    }
    line.iter().take(offset).map(|c| if wide(*c) { 2 } else { 1 }).sum()
}
fn char_offset(line: &str, bytes: usize) -> usize {
    let b = line.as_bytes();
    String::from_utf8_lossy(&b[..bytes.min(b.len())]).chars().count()
}
fn dedent(lines: &[&str]) -> Vec<String> {
    let margin = lines.iter().filter(|l| !l.trim().is_empty()).map(|l| l.len() - l.trim_start_matches([' ', '\t']).len()).min().unwrap_or(0);
    lines.iter().map(|l| if l.trim().is_empty() { String::new() } else { l[margin..].to_string() }).collect()
}

/// The source lines and underlines of one entry, each indented by four blanks; `lines` are those
/// of the statement's place, `col` and `end_col` byte columns in the first and last of them.
pub fn excerpt(lines: &[&str], col: usize, end_col: usize) -> String {
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return String::new() };
    let lines: Vec<&str> = lines.iter().map(|l| l.trim_end()).collect();
    let shown = dedent(&lines);
    if shown.iter().all(|l| l.trim().is_empty()) {
        return String::new();
    }
    let all: Vec<Vec<char>> = shown.iter().map(|l| l.chars().collect()).collect();
    let removed = first.trim_end().chars().count() - all[0].len();
    let start = char_offset(first, col).saturating_sub(removed);
    let end = char_offset(last, end_col).saturating_sub(removed);
    let n = all.len();
    let last_len = all[n - 1].len();
    let joined: Vec<char> = shown.join("\n").chars().collect();
    let stop = (joined.len() + end).saturating_sub(last_len).min(joined.len());
    let segment = &joined[start.min(stop)..stop];
    let anchors = anchors(segment);
    let before: String = all[0][..start.min(all[0].len())].iter().collect();
    let after: String = all[n - 1][end.min(last_len)..].iter().collect();
    let carets = !spans_statement(&all, start, end, segment) && (anchors.is_some() || !before.trim_start().is_empty() || !after.trim_end().is_empty());
    let mut significant = vec![0, n - 1];
    let mut spot = None;
    if let Some(a) = &anchors {
        let shift = |(line, c): (usize, usize)| (line, width(&all[line.min(n - 1)], if line == 0 { c + start } else { c }));
        let (left, right) = (shift(a.left), shift(a.right));
        for l in [left.0, right.0] {
            significant.extend([l.wrapping_sub(1), l, l + 1]);
        }
        spot = Some((left, right));
    }
    significant.retain(|l| *l < n);
    significant.sort_unstable();
    significant.dedup();
    let (dp_start, dp_end) = (width(&all[0], start), width(&all[n - 1], end));
    let mut out: Vec<String> = vec![];
    let line_out = |i: usize, out: &mut Vec<String>| {
        out.push(shown[i].clone());
        if !carets {
            return;
        }
        let spaces = all[i].iter().take_while(|c| c.is_whitespace()).count();
        let count = if i == n - 1 { dp_end } else { width(&all[i], all[i].len()) };
        let marks: String = (0..count)
            .map(|c| {
                if c < spaces || i == 0 && c < dp_start {
                    return ' ';
                }
                match spot {
                    Some((l, r)) if (i, c) >= l && (i, c) < r => '^',
                    Some(_) => '~',
                    None => '^',
                }
            })
            .collect();
        out.push(marks);
    };
    for (k, &i) in significant.iter().enumerate() {
        if k > 0 {
            let gap = i - significant[k - 1];
            if gap == 2 {
                line_out(i - 1, &mut out);
            } else if gap > 2 {
                out.push(format!("...<{} lines>...", gap - 1));
            }
        }
        line_out(i, &mut out);
    }
    out.iter().map(|l| format!("    {l}\n")).collect()
}
