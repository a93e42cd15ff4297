//! Owns: `re.Pattern` with its searches, and the scanner. Never: the match object (`matched`).
//!
//! CPython 3.13: Modules/_sre/sre.c.

use super::matched::{self, Template};
use super::subject::{Matcher, Subject};
use rtcore::error::{type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::call::{call, call_method_name};
use rtcore::protocol::number::{index, index_clamped, readonly};
use rtcore::protocol::{compare, hash, repr};
use rtcore::types::list::List;
use rtcore::types::none::not_implemented;
use rtcore::types::{bytes, tuple};
use std::cell::{Cell, RefCell};

pub struct Pattern {
    pub pattern: Value,
    pub flags: i64,
    pub code: Vec<u32>,
    pub groups: usize,
    pub groupindex: Value,
    pub indexgroup: Value,
    /// `None` for the pattern None, which takes any subject.
    pub is_bytes: Option<bool>,
}
impl Payload for Pattern {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.pattern);
        visit(&self.groupindex);
        visit(&self.indexgroup);
    }
}
impl Native for Pattern {
    fn class() -> &'static Type {
        &PATTERN
    }
}

pub fn this(v: &Value) -> PyResult<&Pattern> {
    v.downcast::<Pattern>().ok_or_else(|| type_error("descriptor requires a 're.Pattern' object"))
}

/// `_sre.compile(pattern, flags, code, groups, groupindex, indexgroup)`.
pub fn compile(a: &[Value]) -> PyResult {
    let [pattern, flags, code, groups, groupindex, indexgroup] = a else { return Ok(NONE) };
    let mut words = Vec::new();
    for c in rtcore::protocol::iter::collect(code)? {
        match u32::try_from(index(&c)?) {
            Ok(w) => words.push(w),
            Err(_) => return Err(rtcore::error::overflow_error("regular expression code size limit exceeded")),
        }
    }
    let is_bytes = if pattern.is_none() { None } else { Some(pattern.as_str_obj().is_none()) };
    Ok(object::new(
        &PATTERN,
        Pattern {
            pattern: pattern.clone(),
            flags: index(flags)?,
            code: words,
            groups: index(groups)?.max(0) as usize,
            groupindex: groupindex.clone(),
            indexgroup: indexgroup.clone(),
            is_bytes,
        },
    ))
}

/// The match object of what an engine has found.
fn new_match(p: &Value, s: &Subject, m: &dyn Matcher, pos: usize, end: usize) -> PyResult {
    let groups = this(p)?.groups;
    let spans = (0..=groups).map(|i| m.group(i)).collect();
    Ok(matched::new(p.clone(), s.value.clone(), spans, pos, end, m.lastindex()))
}

#[derive(Clone, Copy)]
enum How {
    Match,
    Full,
    Search,
}
fn find(a: &[Value], how: How) -> PyResult {
    let [p, string, pos, endpos] = a else { return Ok(NONE) };
    let pat = this(p)?;
    let s = Subject::new(string, pat.is_bytes)?;
    let (start, end) = s.clamp(index_clamped(pos)?, index_clamped(endpos)?);
    s.with(&pat.code, pat.groups, start, end, |m| {
        let found = match how {
            How::Match => m.run_match(false),
            How::Full => m.run_match(true),
            How::Search => m.search(),
        };
        if found { new_match(p, &s, m, start, end) } else { Ok(NONE) }
    })
}
fn match_(a: &[Value]) -> PyResult {
    find(a, How::Match)
}
fn fullmatch(a: &[Value]) -> PyResult {
    find(a, How::Full)
}
fn search(a: &[Value]) -> PyResult {
    find(a, How::Search)
}

/// A group's text; unmatched groups are `absent`.
fn text(s: &Subject, m: &dyn Matcher, i: usize, absent: Option<Value>) -> Value {
    match m.group(i) {
        Some((a, b)) => s.slice(a, b),
        None => absent.unwrap_or_else(|| s.slice(0, 0)),
    }
}

fn findall(a: &[Value]) -> PyResult {
    let [p, string, pos, endpos] = a else { return Ok(NONE) };
    let pat = this(p)?;
    let s = Subject::new(string, pat.is_bytes)?;
    let (start, end) = s.clamp(index_clamped(pos)?, index_clamped(endpos)?);
    let mut out = Vec::new();
    s.with(&pat.code, pat.groups, start, end, |m| {
        while m.search() {
            out.push(match pat.groups {
                0 => text(&s, m, 0, None),
                1 => text(&s, m, 1, None),
                n => tuple::new((1..=n).map(|i| text(&s, m, i, None)).collect()),
            });
            m.advance();
        }
    });
    Ok(List::value(out))
}

fn split(a: &[Value]) -> PyResult {
    let [p, string, maxsplit] = a else { return Ok(NONE) };
    let pat = this(p)?;
    let s = Subject::new(string, pat.is_bytes)?;
    let max = index(maxsplit)?;
    let mut out = Vec::new();
    s.with(&pat.code, pat.groups, 0, s.len, |m| {
        let (mut last, mut n) = (0, 0);
        while (max == 0 || n < max) && m.search() {
            let (start, ptr) = m.span();
            out.push(s.slice(last, start));
            for i in 1..=pat.groups {
                out.push(text(&s, m, i, Some(NONE)));
            }
            n += 1;
            last = ptr;
            m.advance();
        }
        out.push(s.slice(last, s.len));
    });
    Ok(List::value(out))
}

/// What replaces a match.
enum Filter {
    Literal(Value),
    Template(Value),
    Call(Value),
}
fn filter_of(p: &Value, repl: &Value) -> PyResult<Filter> {
    if rtcore::frame::callable(repl) {
        return Ok(Filter::Call(repl.clone()));
    }
    let plain = match repl.as_str_obj() {
        Some(s) => !s.as_bytes().contains(&b'\\'),
        None => bytes::buffer::bytes_of(repl)?.is_some_and(|b| !b.contains(&b'\\')),
    };
    if plain {
        return Ok(Filter::Literal(repl.clone()));
    }
    let re = rtcore::types::module::import::import_module("re")?;
    let t = call_method_name(&re, Name::new("_compile_template"), &[p.clone(), repl.clone()])?;
    match t.downcast::<Template>().map(Template::literal_only) {
        Some(Some(literal)) => Ok(Filter::Literal(literal)),
        Some(None) | None => Ok(Filter::Template(t)),
    }
}

fn substitute(a: &[Value]) -> PyResult<(Value, i64)> {
    let [p, repl, string, count] = a else { return Ok((NONE, 0)) };
    let pat = this(p)?;
    let count = index(count)?;
    let filter = filter_of(p, repl)?;
    let s = Subject::new(string, pat.is_bytes)?;
    let mut parts: Vec<Value> = Vec::new();
    let mut n = 0;
    s.with(&pat.code, pat.groups, 0, s.len, |m| -> PyResult<()> {
        let mut last = 0;
        while (count == 0 || n < count) && m.search() {
            let (start, ptr) = m.span();
            if last < start {
                parts.push(s.slice(last, start));
            }
            let item = match &filter {
                Filter::Literal(v) => v.clone(),
                Filter::Call(f) => call(f, &[new_match(p, &s, m, 0, s.len)?])?,
                Filter::Template(t) => match t.downcast::<Template>() {
                    Some(t) => t.expand(&s, &|i| m.group(i))?,
                    None => NONE,
                },
            };
            if !item.is_none() {
                parts.push(item);
            }
            last = ptr;
            n += 1;
            m.advance();
        }
        if last < s.len {
            parts.push(s.slice(last, s.len));
        }
        Ok(())
    })?;
    let empty = s.slice(0, 0);
    let joined = match parts.as_slice() {
        [] => empty,
        _ => call_method_name(&empty, Name::new("join"), &[List::value(parts)])?,
    };
    Ok((joined, n))
}
fn sub(a: &[Value]) -> PyResult {
    Ok(substitute(a)?.0)
}
fn subn(a: &[Value]) -> PyResult {
    let (v, n) = substitute(a)?;
    Ok(tuple::new(vec![v, Value::int(n)]))
}

/// The state of `finditer` and of `scanner()`.
pub struct Scanner {
    pattern: Value,
    string: RefCell<Value>,
    pos: usize,
    end: usize,
    start: Cell<Option<usize>>,
    must_advance: Cell<bool>,
}
impl Payload for Scanner {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.pattern);
        visit(&self.string.borrow());
    }
}
impl Native for Scanner {
    fn class() -> &'static Type {
        &SCANNER
    }
}
fn new_scanner(a: &[Value], ty: &'static Type) -> PyResult {
    let [p, string, pos, endpos] = a else { return Ok(NONE) };
    let pat = this(p)?;
    let s = Subject::new(string, pat.is_bytes)?;
    let (start, end) = s.clamp(index_clamped(pos)?, index_clamped(endpos)?);
    let body = Scanner {
        pattern: p.clone(),
        string: RefCell::new(string.clone()),
        pos: start,
        end,
        start: Cell::new(Some(start)),
        must_advance: Cell::new(false),
    };
    Ok(object::new(ty, body))
}
fn step(v: &Value, how: How) -> PyResult<Option<Value>> {
    let Some(sc) = v.downcast::<Scanner>() else { return Ok(None) };
    let Some(start) = sc.start.get() else { return Ok(None) };
    let pat = this(&sc.pattern)?;
    let string = sc.string.borrow().clone();
    let s = Subject::new(&string, pat.is_bytes)?;
    let found = s.with(&pat.code, pat.groups, start, sc.end.min(s.len), |m| {
        m.set_advance(sc.must_advance.get());
        let ok = match how {
            How::Match => m.run_match(false),
            How::Full => m.run_match(true),
            How::Search => m.search(),
        };
        if !ok {
            sc.start.set(None);
            return Ok(None);
        }
        let (a, b) = m.span();
        sc.must_advance.set(a == b);
        sc.start.set(Some(b));
        new_match(&sc.pattern, &s, m, sc.pos, sc.end).map(Some)
    })?;
    if found.is_none() {
        let old = sc.string.replace(NONE);
        drop(old);
    }
    Ok(found)
}
fn scan_search(v: &Value) -> PyResult {
    Ok(step(v, How::Search)?.unwrap_or(NONE))
}
fn scan_match(v: &Value) -> PyResult {
    Ok(step(v, How::Match)?.unwrap_or(NONE))
}
fn scanner_pattern(v: &Value) -> PyResult {
    Ok(v.downcast::<Scanner>().map_or(NONE, |s| s.pattern.clone()))
}
fn finditer(a: &[Value]) -> PyResult {
    new_scanner(a, &FIND_ITERATOR)
}
fn scanner(a: &[Value]) -> PyResult {
    new_scanner(a, &SCANNER)
}
fn next_match(v: &Value) -> Result<Option<Value>, Raised> {
    step(v, How::Search)
}
fn next(v: &Value) -> PyResult {
    match next_match(v)? {
        Some(m) => Ok(m),
        None => Err(rtcore::error::stop_iteration(NONE)),
    }
}
fn itself(v: &Value) -> PyResult {
    Ok(v.clone())
}

const FLAG_NAMES: [(&str, i64); 8] = [
    ("re.IGNORECASE", 2),
    ("re.LOCALE", 4),
    ("re.MULTILINE", 8),
    ("re.DOTALL", 16),
    ("re.UNICODE", 32),
    ("re.VERBOSE", 64),
    ("re.DEBUG", 128),
    ("re.ASCII", 256),
];
fn repr_(v: &Value) -> PyResult {
    let p = this(v)?;
    let mut flags = p.flags;
    // A text pattern is Unicode unless it says otherwise.
    if p.is_bytes == Some(false) && flags & (4 | 32 | 256) == 32 {
        flags &= !32;
    }
    let mut names: Vec<String> = Vec::new();
    for (name, bit) in FLAG_NAMES {
        if flags & bit != 0 {
            names.push(name.to_string());
            flags &= !bit;
        }
    }
    if flags != 0 {
        names.push(format!("{flags:#x}"));
    }
    let text: String = repr::repr_string(&p.pattern)?.chars().take(200).collect();
    let sep = if names.is_empty() { "" } else { ", " };
    Ok(Value::string(format!("re.compile({text}{sep}{})", names.join("|"))))
}
fn eq(a: &Value, b: &Value) -> PyResult {
    let (Some(x), Some(y)) = (a.downcast::<Pattern>(), b.downcast::<Pattern>()) else { return Ok(not_implemented()) };
    if a.is(b) {
        return Ok(TRUE);
    }
    let same = x.flags == y.flags && x.is_bytes == y.is_bytes && x.code == y.code;
    Ok(Value::bool(same && compare::eq(&x.pattern, &y.pattern)?))
}
fn ne(a: &Value, b: &Value) -> PyResult {
    let r = eq(a, b)?;
    Ok(r.as_bool().map_or(r, |t| Value::bool(!t)))
}
fn hash_(v: &Value) -> PyResult {
    let p = this(v)?;
    Ok(Value::int(hash::hash(&p.pattern)? ^ p.flags ^ p.groups as i64 ^ p.code.len() as i64))
}
fn get_pattern(v: &Value) -> PyResult {
    Ok(this(v)?.pattern.clone())
}
fn get_flags(v: &Value) -> PyResult {
    Ok(Value::int(this(v)?.flags))
}
fn get_groups(v: &Value) -> PyResult {
    Ok(Value::int(this(v)?.groups as i64))
}
fn get_groupindex(v: &Value) -> PyResult {
    Ok(rtcore::types::mappingproxy::new(this(v)?.groupindex.clone()))
}
fn copy(v: &Value, _memo: &Value) -> PyResult {
    Ok(v.clone())
}
fn class_getitem(cls: &Value, item: &Value) -> PyResult {
    rtcore::types::alias::new(cls, item)
}
/// `_sre.template(pattern, parts)`.
pub fn template(p: &Value, parts: &Value) -> PyResult {
    let groups = this(p)?.groups;
    let items = rtcore::protocol::iter::collect(parts)?;
    let mut literals = Vec::new();
    let mut refs = Vec::new();
    for (i, item) in items.into_iter().enumerate() {
        if i % 2 == 0 {
            literals.push(item);
        } else {
            match usize::try_from(index(&item)?) {
                Ok(g) if g <= groups => refs.push(g),
                Ok(_) | Err(_) => return Err(value_error("invalid template")),
            }
        }
    }
    Ok(matched::template(literals, refs))
}

static METHODS: &[Method] = &[
    Method::new("match(self, /, string, pos=0, endpos=9223372036854775807)", N(match_)),
    Method::new("fullmatch(self, /, string, pos=0, endpos=9223372036854775807)", N(fullmatch)),
    Method::new("search(self, /, string, pos=0, endpos=9223372036854775807)", N(search)),
    Method::new("findall(self, /, string, pos=0, endpos=9223372036854775807)", N(findall)),
    Method::new("finditer(self, /, string, pos=0, endpos=9223372036854775807)", N(finditer)),
    Method::new("scanner(self, /, string, pos=0, endpos=9223372036854775807)", N(scanner)),
    Method::new("split(self, /, string, maxsplit=0)", N(split)),
    Method::new("sub(self, /, repl, string, count=0)", N(sub)),
    Method::new("subn(self, /, repl, string, count=0)", N(subn)),
    Method::new("__repr__(self, /)", F1(repr_)),
    Method::new("__eq__(self, value, /)", F2(eq)),
    Method::new("__ne__(self, value, /)", F2(ne)),
    Method::new("__hash__(self, /)", F1(hash_)),
    Method::new("__copy__(self, /)", F1(itself)),
    Method::new("__deepcopy__(self, memo, /)", F2(copy)),
    Method::class("__class_getitem__(cls, object, /)", F2(class_getitem)),
];
static GETSET: &[GetSet] = &[
    GetSet::rw("pattern", get_pattern, readonly),
    GetSet::rw("flags", get_flags, readonly),
    GetSet::rw("groups", get_groups, readonly),
    GetSet::ro("groupindex", get_groupindex),
];
static DEF: ClassDef =
    ClassDef::new::<Pattern>("Pattern").module("re").methods(METHODS).getset(GETSET).flags(TypeFlags::FINAL);
pub static PATTERN: Type = Type::builtin(&DEF);

static SCANNER_METHODS: &[Method] =
    &[Method::new("match(self, /)", F1(scan_match)), Method::new("search(self, /)", F1(scan_search))];
static SCANNER_GETSET: &[GetSet] = &[GetSet::rw("pattern", scanner_pattern, readonly)];
static SCANNER_DEF: ClassDef = ClassDef::new::<Scanner>("SRE_Scanner")
    .module("_sre")
    .methods(SCANNER_METHODS)
    .getset(SCANNER_GETSET)
    .flags(TypeFlags::FINAL);
pub static SCANNER: Type = Type::builtin(&SCANNER_DEF);

static ITERATOR_METHODS: &[Method] =
    &[Method::new("__iter__(self, /)", F1(itself)), Method::new("__next__(self, /)", F1(next))];
static ITERATOR_DEF: ClassDef = ClassDef::new::<Scanner>("callable_iterator")
    .like(&rtcore::types::object_::OBJECT, &SCANNER)
    .methods(ITERATOR_METHODS)
    .hooks(Hooks { iter: Some(itself), next: Some(next_match), ..Hooks::NONE })
    .flags(TypeFlags::FINAL);
static FIND_ITERATOR: Type = Type::builtin(&ITERATOR_DEF);
