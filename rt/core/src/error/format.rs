//! Owns: the text of exceptions with their tracebacks, chains, notes and groups.
//! Never: writes it anywhere.
//! Source: CPython 3.13, Lib/traceback.py (`TracebackException`, `StackSummary.format`).

use super::carets;
use super::groups::BASE_EXCEPTION_GROUP;
use super::hierarchy::{SYNTAX_ERROR, body};
use super::traceback::{Site, Traceback, entries};
use crate::name::names;
use crate::protocol::repr::{repr_string, str_string};
use crate::value::{NONE, Value};

const CAUSE: &str = "\nThe above exception was the direct cause of the following exception:\n\n";
const CONTEXT: &str = "\nDuring handling of the above exception, another exception occurred:\n\n";
const RECURSIVE_CUTOFF: usize = 3;
const MAX_GROUP_WIDTH: usize = 15;
const MAX_GROUP_DEPTH: usize = 10;

/// One line of a stack.
#[derive(Clone, Copy)]
pub struct Row {
    pub site: &'static Site,
    pub line: u32,
}
/// The rows of a traceback object or None, from the outermost.
pub fn rows_of(tb: &Value) -> Vec<Row> {
    let mut out = vec![];
    let mut tb = tb.clone();
    while let Some(t) = tb.downcast::<Traceback>() {
        out.push(Row { site: t.site, line: t.lineno.get() });
        let next = t.next.borrow().clone();
        tb = next;
    }
    out
}
/// The first `limit` rows, or the last when it is negative.
pub fn limited(mut rows: Vec<Row>, limit: Option<i64>) -> Vec<Row> {
    match limit {
        Some(n) if n >= 0 => rows.truncate(n as usize),
        Some(n) => {
            let keep = n.unsigned_abs() as usize;
            if rows.len() > keep {
                rows.drain(..rows.len() - keep);
            }
        }
        None => {}
    }
    rows
}

/// One entry of a stack as text.
pub fn frame_text(row: Row) -> String {
    let Row { site, line } = row;
    let scope = site.scope;
    let mut out = format!("  File \"{}\", line {line}, in {}\n", scope.file, scope.name);
    let span = if line == site.line { (site.end_line.max(line) - line) as usize } else { 0 };
    let lines: Vec<&str> = scope.source.lines().skip((line as usize).saturating_sub(1)).take(span + 1).collect();
    let Some(first) = lines.first() else { return out };
    if line != site.line || site.end_col == 0 {
        let text = first.trim();
        if !text.is_empty() {
            out.push_str(&format!("    {text}\n"));
        }
        return out;
    }
    out.push_str(&carets::excerpt(&lines, site.col as usize, site.end_col as usize));
    out
}
/// `StackSummary.format`: one string for each entry, repetitions folded.
pub fn stack_text(rows: &[Row]) -> Vec<String> {
    let mut out = vec![];
    let (mut last, mut count) = (None, 0usize);
    let folded = |count: usize, out: &mut Vec<String>| {
        if count > RECURSIVE_CUTOFF {
            let n = count - RECURSIVE_CUTOFF;
            out.push(format!("  [Previous line repeated {n} more time{}]\n", if n > 1 { "s" } else { "" }));
        }
    };
    for row in rows {
        let key = (row.site.scope.file, row.line, row.site.scope.name);
        if last != Some(key) {
            folded(count, &mut out);
            last = Some(key);
            count = 0;
        }
        count += 1;
        if count <= RECURSIVE_CUTOFF {
            out.push(frame_text(*row));
        }
    }
    folded(count, &mut out);
    out
}

/// The type's name as tracebacks show it.
pub fn type_text(exc: &Value) -> String {
    let ty = exc.ty();
    let module = ty.module_name();
    let name = ty.qualname();
    if module == "builtins" || module == "__main__" { name } else { format!("{module}.{name}") }
}
/// `str(exc)`, or what stands for it when that fails.
pub fn safe_str(exc: &Value) -> String {
    super::quietly(|| str_string(exc)).unwrap_or_else(|| "<exception str() failed>".into())
}

/// An exception prepared for printing (`TracebackException`).
struct Shown {
    exc: Value,
    rows: Vec<Row>,
    cause: Option<usize>,
    context: Option<usize>,
    suppress: bool,
    group: Option<Vec<usize>>,
}
struct Tree(Vec<Shown>);

impl Tree {
    fn add(&mut self, exc: &Value, tb: &Value, limit: Option<i64>, seen: &mut Vec<u64>) -> usize {
        seen.push(exc.bits());
        self.0.push(Shown {
            exc: exc.clone(),
            rows: limited(rows_of(tb), limit),
            cause: None,
            context: None,
            suppress: body(exc).is_some_and(|e| e.suppress_context.get()),
            group: None,
        });
        self.0.len() - 1
    }
    fn build(exc: &Value, tb: &Value, limit: Option<i64>) -> Tree {
        let mut tree = Tree(vec![]);
        let mut seen = vec![];
        let mut queue = vec![tree.add(exc, tb, limit, &mut seen)];
        while let Some(i) = queue.pop() {
            let exc = tree.0[i].exc.clone();
            let Some(e) = body(&exc) else { continue };
            let (cause, context) = (e.cause.borrow().clone(), e.context.borrow().clone());
            let tb_of = |v: &Value| body(v).map_or(NONE, |e| e.traceback.borrow().clone());
            if !cause.is_none() && !seen.contains(&cause.bits()) {
                let n = tree.add(&cause, &tb_of(&cause), limit, &mut seen);
                tree.0[i].cause = Some(n);
                queue.push(n);
            }
            let wanted = tree.0[i].cause.is_none() && !tree.0[i].suppress;
            if wanted && !context.is_none() && !seen.contains(&context.bits()) {
                let n = tree.add(&context, &tb_of(&context), limit, &mut seen);
                tree.0[i].context = Some(n);
                queue.push(n);
            }
            if exc.ty().is_subtype(&BASE_EXCEPTION_GROUP) {
                let members = e.field(1);
                let list: Vec<usize> =
                    crate::types::tuple::items(&members).iter().map(|m| tree.add(m, &tb_of(m), limit, &mut seen)).collect();
                queue.extend(&list);
                tree.0[i].group = Some(list);
            }
        }
        tree
    }
}

/// Where in nested groups the text stands.
struct Margin {
    depth: usize,
    need_close: bool,
}
impl Margin {
    fn indent(&self) -> String {
        " ".repeat(2 * self.depth)
    }
    fn emit(&self, text: &str, margin: char, out: &mut Vec<String>) {
        if self.depth == 0 {
            out.push(text.to_string());
            return;
        }
        let prefix = format!("{}{margin} ", self.indent());
        out.push(text.split_inclusive('\n').map(|l| format!("{prefix}{l}")).collect());
    }
}

impl Tree {
    fn format(&self, root: usize, chain: bool, m: &mut Margin, out: &mut Vec<String>) {
        let mut order = vec![];
        let mut next = Some(root);
        while let Some(i) = next {
            let s = &self.0[i];
            let (message, then) = match (s.cause, s.context) {
                (Some(c), _) if chain => (Some(CAUSE), Some(c)),
                (None, Some(c)) if chain && !s.suppress => (Some(CONTEXT), Some(c)),
                (_, _) => (None, None),
            };
            order.push((message, i));
            next = then;
        }
        for (message, i) in order.into_iter().rev() {
            let s = &self.0[i];
            if let Some(text) = message {
                m.emit(text, '|', out);
            }
            let Some(members) = &s.group else {
                if !s.rows.is_empty() {
                    m.emit("Traceback (most recent call last):\n", '|', out);
                    for t in stack_text(&s.rows) {
                        m.emit(&t, '|', out);
                    }
                }
                for t in exception_only(&s.exc) {
                    m.emit(&t, '|', out);
                }
                continue;
            };
            if m.depth > MAX_GROUP_DEPTH {
                m.emit(&format!("... (max_group_depth is {MAX_GROUP_DEPTH})\n"), '|', out);
                continue;
            }
            let top = m.depth == 0;
            if top {
                m.depth += 1;
            }
            if !s.rows.is_empty() {
                m.emit("Exception Group Traceback (most recent call last):\n", if top { '+' } else { '|' }, out);
                for t in stack_text(&s.rows) {
                    m.emit(&t, '|', out);
                }
            }
            for t in exception_only(&s.exc) {
                m.emit(&t, '|', out);
            }
            let total = members.len();
            let n = if total <= MAX_GROUP_WIDTH { total } else { MAX_GROUP_WIDTH + 1 };
            m.need_close = false;
            for k in 0..n {
                let last = k == n - 1;
                if last {
                    m.need_close = true;
                }
                let truncated = k >= MAX_GROUP_WIDTH;
                let title = if truncated { "...".to_string() } else { (k + 1).to_string() };
                let lead = if k == 0 { "+-" } else { "  " };
                out.push(format!("{}{lead}+---------------- {title} ----------------\n", m.indent()));
                m.depth += 1;
                if truncated {
                    let rest = total - MAX_GROUP_WIDTH;
                    m.emit(&format!("and {rest} more exception{}\n", if rest > 1 { "s" } else { "" }), '|', out);
                } else {
                    self.format(members[k], chain, m, out);
                }
                if last && m.need_close {
                    out.push(format!("{}+------------------------------------\n", m.indent()));
                    m.need_close = false;
                }
                m.depth -= 1;
            }
            if top {
                m.depth = 0;
            }
        }
    }
}

/// `traceback.format_exception`: the pieces, each ending in a newline.
pub fn exception(exc: &Value, tb: &Value, limit: Option<i64>, chain: bool) -> Vec<String> {
    let mut out = vec![];
    Tree::build(exc, tb, limit).format(0, chain, &mut Margin { depth: 0, need_close: false }, &mut out);
    out
}
/// With the exception's own traceback.
pub fn full(exc: &Value) -> String {
    let tb = body(exc).map_or(NONE, |e| e.traceback.borrow().clone());
    exception(exc, &tb, None, true).concat()
}
/// The rows of an exception's own traceback.
pub fn rows(exc: &Value) -> Vec<Row> {
    entries(exc).first().map_or(vec![], rows_of)
}

/// `traceback.format_exception_only`: type, message and notes.
pub fn exception_only(exc: &Value) -> Vec<String> {
    let mut out = vec![];
    let ty = type_text(exc);
    if exc.ty().is_subtype(&SYNTAX_ERROR) {
        syntax_error(exc, &ty, &mut out);
    } else {
        let text = safe_str(exc) + &super::suggest::for_exception(exc);
        out.push(if text.is_empty() { format!("{ty}\n") } else { format!("{ty}: {text}\n") });
    }
    let notes = super::quietly(|| crate::protocol::attr::lookup_optional(exc, names::__notes__.get()));
    match notes {
        None => out.push("Ignored error getting __notes__\n".into()),
        Some(None) => {}
        Some(Some(notes)) => notes_text(&notes, &mut out),
    }
    out
}
fn notes_text(notes: &Value, out: &mut Vec<String>) {
    if notes.is_none() {
        return;
    }
    let is_list = notes.downcast::<crate::types::list::List>().is_some() || crate::types::tuple::is_tuple(notes);
    if !is_list {
        out.push(super::quietly(|| repr_string(notes)).unwrap_or_else(|| "<__notes__ repr() failed>".into()) + "\n");
        return;
    }
    for note in super::quietly(|| crate::protocol::iter::collect(notes)).unwrap_or_default() {
        let text = super::quietly(|| str_string(&note)).unwrap_or_else(|| "<note str() failed>".into());
        out.extend(text.split('\n').map(|l| format!("{l}\n")));
    }
}
/// Source: `TracebackException._format_syntax_error`.
fn syntax_error(exc: &Value, ty: &str, out: &mut Vec<String>) {
    let Some(e) = body(exc) else { return };
    let (msg, filename, lineno, offset, text) = (e.field(0), e.field(1), e.field(2), e.field(3), e.field(4));
    let (end_lineno, end_offset) = (e.field(5), e.field(6));
    let shown = |v: &Value| super::quietly(|| str_string(v)).unwrap_or_default();
    let mut suffix = String::new();
    if !lineno.is_none() {
        let file = if filename.is_none() { "<string>".into() } else { shown(&filename) };
        out.push(format!("  File \"{file}\", line {}\n", shown(&lineno)));
    } else if !filename.is_none() {
        suffix = format!(" ({})", shown(&filename));
    }
    if let Some(text) = text.as_str() {
        let rtext = text.trim_end_matches('\n');
        let ltext = rtext.trim_start_matches([' ', '\n', '\u{c}']);
        let spaces = (rtext.chars().count() - ltext.chars().count()) as i64;
        out.push(format!("    {ltext}\n"));
        if let Some(mut offset) = offset.as_inline_int() {
            let (size, rsize) = (text.chars().count() as i64, rtext.chars().count() as i64);
            let same = lineno.as_inline_int() == end_lineno.as_inline_int();
            let mut end = match end_offset.as_inline_int() {
                Some(n) if same && n != 0 => n,
                Some(_) | None if same => offset,
                Some(_) | None => rsize + 1,
            };
            if size > 0 && offset > size {
                offset = rsize + 1;
            }
            if size > 0 && end > size {
                end = rsize + 1;
            }
            if offset >= end || end < 0 {
                end = offset + 1;
            }
            let (col, end_col) = (offset - 1 - spaces, end - 1 - spaces);
            if col >= 0 {
                let lead: String = ltext.chars().take(col as usize).map(|c| if c.is_whitespace() { c } else { ' ' }).collect();
                out.push(format!("    {lead}{}\n", "^".repeat((end_col - col).max(0) as usize)));
            }
        }
    }
    let msg = if msg.is_none() { "<no detail available>".into() } else { shown(&msg) };
    out.push(format!("{ty}: {msg}{suffix}\n"));
}
