//! Owns: `re.Match` and replacement templates. Never: searches.
//!
//! CPython 3.13: Modules/_sre/sre.c.

use super::pattern::{self, Pattern};
use super::subject::Subject;
use rtcore::error::{index_error, type_error};
use rtcore::methods::*;
use rtcore::protocol::call::call_method_name;
use rtcore::protocol::number::{has_index, index_clamped, readonly};
use rtcore::types::dict::Dict;
use rtcore::types::list::List;
use rtcore::types::tuple;

type Span = Option<(usize, usize)>;

pub struct Match {
    pattern: Value,
    string: Value,
    spans: Vec<Span>,
    pos: usize,
    endpos: usize,
    lastindex: i64,
}
impl Payload for Match {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.pattern);
        visit(&self.string);
    }
}
impl Native for Match {
    fn class() -> &'static Type {
        &MATCH
    }
}

pub fn new(pattern: Value, string: Value, spans: Vec<Span>, pos: usize, endpos: usize, lastindex: i64) -> Value {
    object::new(&MATCH, Match { pattern, string, spans, pos, endpos, lastindex })
}
fn this(v: &Value) -> PyResult<&Match> {
    v.downcast::<Match>().ok_or_else(|| type_error("descriptor requires a 're.Match' object"))
}

impl Match {
    fn pattern(&self) -> PyResult<&Pattern> {
        pattern::this(&self.pattern)
    }
    /// The number of a group given by number or name.
    fn number(&self, v: &Value) -> PyResult<usize> {
        let found = if has_index(v) {
            usize::try_from(index_clamped(v)?).ok()
        } else {
            let at = match self.pattern()?.groupindex.downcast::<Dict>() {
                Some(d) => d.get(v)?,
                None => None,
            };
            at.and_then(|i| i.as_inline_int()).and_then(|i| usize::try_from(i).ok())
        };
        found.filter(|i| *i < self.spans.len()).ok_or_else(|| index_error("no such group"))
    }
    fn text(&self, i: usize, absent: &Value) -> PyResult {
        match self.spans.get(i).copied().flatten() {
            Some((a, b)) => slice(&self.string, a, b),
            None => Ok(absent.clone()),
        }
    }
}
/// A slice of a subject without making an engine's view of all of it.
fn slice(string: &Value, a: usize, b: usize) -> PyResult {
    match string.as_str_obj() {
        Some(s) => {
            let n = s.char_len();
            Ok(object::new(&rtcore::types::str::STR, s.slice(a.min(n), b.min(n))))
        }
        None => {
            let s = Subject::new(string, None)?;
            Ok(s.slice(a.min(s.len), b.min(s.len)))
        }
    }
}

fn group(all: &[Value], kw: &[Name]) -> PyResult {
    let Some((v, args)) = all.split_first() else { return Ok(NONE) };
    if !kw.is_empty() {
        return Err(type_error("Match.group() takes no keyword arguments"));
    }
    let m = this(v)?;
    match args {
        [] => m.text(0, &NONE),
        [one] => m.text(m.number(one)?, &NONE),
        many => {
            let mut out = Vec::with_capacity(many.len());
            for i in many {
                out.push(m.text(m.number(i)?, &NONE)?);
            }
            Ok(tuple::new(out))
        }
    }
}
fn getitem(v: &Value, i: &Value) -> PyResult {
    let m = this(v)?;
    m.text(m.number(i)?, &NONE)
}
fn groups(v: &Value, default: &Value) -> PyResult {
    let m = this(v)?;
    let all: PyResult<Vec<Value>> = (1..m.spans.len()).map(|i| m.text(i, default)).collect();
    Ok(tuple::new(all?))
}
fn groupdict(v: &Value, default: &Value) -> PyResult {
    let m = this(v)?;
    let out = Dict::new_value();
    for (name, i) in rtcore::types::dict::items_of(&m.pattern()?.groupindex)? {
        let i = i.as_inline_int().and_then(|i| usize::try_from(i).ok()).unwrap_or(0);
        if let Some(d) = out.downcast::<Dict>() {
            d.set(name, m.text(i, default)?)?;
        }
    }
    Ok(out)
}
fn bounds(v: &Value, i: &Value) -> PyResult<(i64, i64)> {
    let m = this(v)?;
    Ok(m.spans.get(m.number(i)?).copied().flatten().map_or((-1, -1), |(a, b)| (a as i64, b as i64)))
}
fn start(v: &Value, i: &Value) -> PyResult {
    Ok(Value::int(bounds(v, i)?.0))
}
fn end(v: &Value, i: &Value) -> PyResult {
    Ok(Value::int(bounds(v, i)?.1))
}
fn span(v: &Value, i: &Value) -> PyResult {
    let (a, b) = bounds(v, i)?;
    Ok(tuple::new(vec![Value::int(a), Value::int(b)]))
}
fn expand(v: &Value, text: &Value) -> PyResult {
    let m = this(v)?;
    let re = rtcore::types::module::import::import_module("re")?;
    let t = call_method_name(&re, Name::new("_compile_template"), &[m.pattern.clone(), text.clone()])?;
    match t.downcast::<Template>() {
        Some(t) => t.expand(&Subject::new(&m.string, None)?, &|i| m.spans.get(i).copied().flatten()),
        None => Ok(t),
    }
}
fn repr(v: &Value) -> PyResult {
    let m = this(v)?;
    let (a, b) = m.spans.first().copied().flatten().unwrap_or((0, 0));
    let text = rtcore::protocol::repr::repr_string(&m.text(0, &NONE)?)?;
    Ok(Value::string(format!("<re.Match object; span=({a}, {b}), match={}>", text.chars().take(50).collect::<String>())))
}
fn get_string(v: &Value) -> PyResult {
    Ok(this(v)?.string.clone())
}
fn get_re(v: &Value) -> PyResult {
    Ok(this(v)?.pattern.clone())
}
fn get_pos(v: &Value) -> PyResult {
    Ok(Value::int(this(v)?.pos as i64))
}
fn get_endpos(v: &Value) -> PyResult {
    Ok(Value::int(this(v)?.endpos as i64))
}
fn get_lastindex(v: &Value) -> PyResult {
    let i = this(v)?.lastindex;
    Ok(if i >= 0 { Value::int(i) } else { NONE })
}
fn get_lastgroup(v: &Value) -> PyResult {
    let m = this(v)?;
    let Ok(i) = usize::try_from(m.lastindex) else { return Ok(NONE) };
    Ok(tuple::items(&m.pattern()?.indexgroup).get(i).cloned().unwrap_or(NONE))
}
fn get_regs(v: &Value) -> PyResult {
    let pair = |s: &Span| {
        let (a, b) = s.map_or((-1, -1), |(a, b)| (a as i64, b as i64));
        tuple::new(vec![Value::int(a), Value::int(b)])
    };
    Ok(tuple::new(this(v)?.spans.iter().map(pair).collect()))
}
fn copy(v: &Value) -> PyResult {
    Ok(v.clone())
}
fn deepcopy(v: &Value, _memo: &Value) -> PyResult {
    Ok(v.clone())
}
fn class_getitem(cls: &Value, item: &Value) -> PyResult {
    rtcore::types::alias::new(cls, item)
}

static METHODS: &[Method] = &[
    Method::new("group(self, /, *args)", Raw(group)),
    Method::new("groups(self, /, default=None)", F2(groups)),
    Method::new("groupdict(self, /, default=None)", F2(groupdict)),
    Method::new("start(self, group=0, /)", F2(start)),
    Method::new("end(self, group=0, /)", F2(end)),
    Method::new("span(self, group=0, /)", F2(span)),
    Method::new("expand(self, /, template)", F2(expand)),
    Method::new("__getitem__(self, key, /)", F2(getitem)),
    Method::new("__repr__(self, /)", F1(repr)),
    Method::new("__copy__(self, /)", F1(copy)),
    Method::new("__deepcopy__(self, memo, /)", F2(deepcopy)),
    Method::class("__class_getitem__(cls, object, /)", F2(class_getitem)),
];
static GETSET: &[GetSet] = &[
    GetSet::rw("string", get_string, readonly),
    GetSet::rw("re", get_re, readonly),
    GetSet::rw("pos", get_pos, readonly),
    GetSet::rw("endpos", get_endpos, readonly),
    GetSet::ro("lastindex", get_lastindex),
    GetSet::ro("lastgroup", get_lastgroup),
    GetSet::ro("regs", get_regs),
];
static DEF: ClassDef =
    ClassDef::new::<Match>("Match").module("re").methods(METHODS).getset(GETSET).flags(TypeFlags::FINAL);
pub static MATCH: Type = Type::builtin(&DEF);

/// A parsed replacement: literals with group references between them.
pub struct Template {
    literals: Vec<Value>,
    groups: Vec<usize>,
}
impl Payload for Template {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.literals.iter().for_each(visit);
    }
}
impl Native for Template {
    fn class() -> &'static Type {
        &TEMPLATE
    }
}
pub fn template(literals: Vec<Value>, groups: Vec<usize>) -> Value {
    object::new(&TEMPLATE, Template { literals, groups })
}
impl Template {
    /// The text when no group is referred to.
    pub fn literal_only(&self) -> Option<Value> {
        if self.groups.is_empty() { self.literals.first().cloned() } else { None }
    }
    /// The replacement for a match; unmatched groups are empty.
    pub fn expand(&self, s: &Subject, span: &dyn Fn(usize) -> Span) -> PyResult {
        let mut parts = Vec::new();
        for (i, literal) in self.literals.iter().enumerate() {
            parts.push(literal.clone());
            if let Some((a, b)) = self.groups.get(i).and_then(|g| span(*g)) {
                parts.push(s.slice(a, b));
            }
        }
        call_method_name(&s.slice(0, 0), Name::new("join"), &[List::value(parts)])
    }
}
static TEMPLATE_DEF: ClassDef = ClassDef::new::<Template>("SRE_Template").module("_sre").flags(TypeFlags::FINAL);
pub static TEMPLATE: Type = Type::builtin(&TEMPLATE_DEF);
