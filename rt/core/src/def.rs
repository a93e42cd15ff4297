//! Owns: descriptions of callables: `Def` (a function of the user's program, a static in generated
//! code) and `Method` (a row of a builtin table), their parameter lists, and how arguments are
//! bound to parameters.
//! Never: calls Python code; error texts are CPython's (3.13: Python/ceval.c, Python/getargs.c).

use crate::error::{PyResult, Raised, type_error};
use crate::gil::{Gil, GilCell};
use crate::name::Name;
use crate::types::class::Type;
use crate::value::{FALSE, NONE, TRUE, UNBOUND, Value};
use std::cell::{Cell, OnceCell};

pub type Captured<'a> = &'a [Value];

/// The Rust function behind a callable, by the number of its parameters. `C…` take the captured
/// cells first. `N`/`CN` receive every parameter in order (`*args` as a tuple, `**kw` as a dict).
#[derive(Copy, Clone)]
pub enum Body {
    F0(fn() -> PyResult),
    F1(fn(&Value) -> PyResult),
    F2(fn(&Value, &Value) -> PyResult),
    F3(fn(&Value, &Value, &Value) -> PyResult),
    F4(fn(&Value, &Value, &Value, &Value) -> PyResult),
    N(fn(&[Value]) -> PyResult),
    C0(fn(Captured) -> PyResult),
    C1(fn(Captured, &Value) -> PyResult),
    C2(fn(Captured, &Value, &Value) -> PyResult),
    C3(fn(Captured, &Value, &Value, &Value) -> PyResult),
    CN(fn(Captured, &[Value]) -> PyResult),
    /// Binds its own arguments: positional then keyword values, and the keywords' names.
    Raw(fn(&[Value], &[Name]) -> PyResult),
}
pub use Body::{C0, C1, C2, C3, CN, F0, F1, F2, F3, F4, N, Raw};

impl Body {
    /// The number of parameters of the fixed forms.
    #[inline]
    pub fn arity(self) -> Option<usize> {
        match self {
            F0(_) | C0(_) => Some(0),
            F1(_) | C1(_) => Some(1),
            F2(_) | C2(_) => Some(2),
            F3(_) | C3(_) => Some(3),
            F4(_) => Some(4),
            N(_) | CN(_) | Raw(_) => None,
        }
    }
    /// Calls with bound parameters; the slice has exactly as many as the body takes.
    #[inline]
    pub fn invoke(self, captured: Captured, a: &[Value]) -> PyResult {
        match (self, a) {
            (F0(f), _) => f(),
            (F1(f), [a]) => f(a),
            (F2(f), [a, b]) => f(a, b),
            (F3(f), [a, b, c]) => f(a, b, c),
            (F4(f), [a, b, c, d]) => f(a, b, c, d),
            (N(f), a) => f(a),
            (C0(f), _) => f(captured),
            (C1(f), [a]) => f(captured, a),
            (C2(f), [a, b]) => f(captured, a, b),
            (C3(f), [a, b, c]) => f(captured, a, b, c),
            (CN(f), a) => f(captured, a),
            (Raw(f), a) => f(a, &[]),
            (F1(_) | F2(_) | F3(_) | F4(_) | C1(_) | C2(_) | C3(_), _) => Err(type_error("wrong number of arguments for a native function")),
        }
    }
}

/// What kind of object a call of the function makes.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    Function,
    Coroutine,
    Generator,
    AsyncGenerator,
}

/// A function of the user's program.
pub struct Def {
    pub qualname: &'static str,
    /// Positional parameters (positional-only first), then keyword-only ones.
    pub params: &'static [&'static str],
    pub posonly: usize,
    pub kwonly: usize,
    pub varargs: Option<&'static str>,
    pub varkw: Option<&'static str>,
    pub kind: Kind,
    pub file: &'static str,
    pub line: u32,
    pub doc: Option<&'static str>,
    /// Local variables that are not parameters, in `co_varnames` order.
    pub locals: &'static [&'static str],
    /// Names of captured cells (`co_freevars`).
    pub freevars: &'static [&'static str],
    pub body: Body,
    /// The module the function is defined in.
    pub module: Option<&'static crate::types::module::ModuleDef>,
    intact: GilCell<bool>,
    parsed: Gil<OnceCell<Params>>,
}

impl Def {
    pub const fn new(qualname: &'static str, params: &'static [&'static str], body: Body) -> Def {
        Def {
            qualname,
            params,
            posonly: 0,
            kwonly: 0,
            varargs: None,
            varkw: None,
            kind: Kind::Function,
            file: "",
            line: 0,
            doc: None,
            locals: &[],
            freevars: &[],
            body,
            module: None,
            intact: Gil::new(Cell::new(true)),
            parsed: Gil::new(OnceCell::new()),
        }
    }
    /// A function of the runtime that makes coroutines or generators: it is never called through this.
    pub const fn native(qualname: &'static str, kind: Kind) -> Def {
        Def::new(qualname, &[], F0(|| Ok(NONE))).kind(kind)
    }
    /// The first `n` parameters are positional-only.
    pub const fn posonly(mut self, n: usize) -> Self {
        self.posonly = n;
        self
    }
    /// The last `n` of `params` are keyword-only.
    pub const fn kwonly(mut self, n: usize) -> Self {
        self.kwonly = n;
        self
    }
    pub const fn varargs(mut self, name: &'static str) -> Self {
        self.varargs = Some(name);
        self
    }
    pub const fn varkw(mut self, name: &'static str) -> Self {
        self.varkw = Some(name);
        self
    }
    pub const fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }
    pub const fn in_module(mut self, module: &'static crate::types::module::ModuleDef) -> Self {
        self.module = Some(module);
        self
    }
    pub const fn at(mut self, file: &'static str, line: u32) -> Self {
        self.file = file;
        self.line = line;
        self
    }
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = Some(doc);
        self
    }
    pub const fn locals(mut self, locals: &'static [&'static str]) -> Self {
        self.locals = locals;
        self
    }
    pub const fn freevars(mut self, freevars: &'static [&'static str]) -> Self {
        self.freevars = freevars;
        self
    }
    /// The path of its source: `co_filename`.
    pub fn file(&self) -> &'static str {
        match self.module {
            Some(m) if self.file.is_empty() => m.file,
            Some(_) | None => self.file,
        }
    }
    /// The last part of the qualified name.
    pub fn name(&self) -> &'static str {
        match self.qualname.rfind('.') {
            Some(i) => &self.qualname[i + 1..],
            None => self.qualname,
        }
    }
    /// True while the global that the `def` statement bound still holds this function, with its own
    /// defaults and code: the guard of direct calls.
    #[inline(always)]
    pub fn intact(&self) -> bool {
        self.intact.get()
    }
    pub fn set_intact(&self, intact: bool) {
        self.intact.set(intact);
    }
    pub fn parsed(&self) -> &Params {
        self.parsed.get_or_init(|| {
            let positional = self.params.len() - self.kwonly;
            Params {
                names: self.params.iter().map(|s| Name::new(s)).collect(),
                defaults: Vec::new(),
                posonly: self.posonly,
                positional,
                varargs: self.varargs.is_some(),
                varkw: self.varkw.is_some(),
            }
        })
    }
}

/// How a row of a method table becomes an attribute of its type.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum MethodKind {
    Instance,
    Class,
    Static,
}

/// A native method or function: its signature as text (parsed at the first call that needs it)
/// and the Rust function. `"split(self, /, sep=None, maxsplit=-1)"`. A default of `...` passes
/// UNBOUND: not given.
pub struct Method {
    pub sig: &'static str,
    pub body: Body,
    pub kind: MethodKind,
    pub doc: Option<&'static str>,
    /// The coroutine function that a call whose result is awaited means instead.
    pub awaited: Option<&'static Method>,
    /// For a function that makes a coroutine: how awaiting it at once begins without one; `None` where it takes one.
    pub at_once: Option<AtOnce>,
}
/// The beginning of a coroutine, from the arguments of the call that would make it.
pub type AtOnce = fn(&[Value]) -> Option<crate::frame::Called>;

impl Method {
    pub const fn new(sig: &'static str, body: Body) -> Method {
        Method { sig, body, kind: MethodKind::Instance, doc: None, awaited: None, at_once: None }
    }
    pub const fn class(sig: &'static str, body: Body) -> Method {
        Method { sig, body, kind: MethodKind::Class, doc: None, awaited: None, at_once: None }
    }
    pub const fn static_(sig: &'static str, body: Body) -> Method {
        Method { sig, body, kind: MethodKind::Static, doc: None, awaited: None, at_once: None }
    }
    /// `f` gets exactly the positional parameters of the signature; nothing has happened when it says `None`.
    pub const fn at_once(mut self, f: AtOnce) -> Self {
        self.at_once = Some(f);
        self
    }
    pub const fn awaited(mut self, twin: &'static Method) -> Method {
        self.awaited = Some(twin);
        self
    }
    pub fn name(&self) -> &'static str {
        match self.sig.find('(') {
            Some(i) => &self.sig[..i],
            None => self.sig,
        }
    }
}

/// A parameter list ready for binding.
pub struct Params {
    /// Positional parameters, then keyword-only ones.
    pub names: Vec<Name>,
    /// Native functions' own defaults, aligned with `names`; empty for the user's functions, whose
    /// defaults are in the function object.
    pub defaults: Vec<Option<Value>>,
    pub posonly: usize,
    pub positional: usize,
    pub varargs: bool,
    pub varkw: bool,
}

impl Params {
    /// Reads a `Method` signature.
    pub fn parse(sig: &str) -> Params {
        let inner = sig.find('(').and_then(|a| sig.rfind(')').map(|b| &sig[a + 1..b])).unwrap_or("");
        let mut p = Params { names: vec![], defaults: vec![], posonly: 0, positional: 0, varargs: false, varkw: false };
        let mut kwonly = false;
        for part in split_params(inner) {
            match part {
                "/" => p.posonly = p.names.len(),
                "*" => kwonly = true,
                _ if part.starts_with("**") => p.varkw = true,
                _ if part.starts_with('*') => {
                    p.varargs = true;
                    kwonly = true;
                }
                _ => {
                    let (name, default) = match part.split_once('=') {
                        Some((n, d)) => (n.trim(), Some(literal(d.trim()))),
                        None => (part, None),
                    };
                    p.names.push(Name::new(name));
                    p.defaults.push(default);
                    if !kwonly {
                        p.positional = p.names.len();
                    }
                }
            }
        }
        p
    }
    pub fn required(&self) -> usize {
        self.defaults[..self.positional.min(self.defaults.len())].iter().filter(|d| d.is_none()).count()
    }
    /// How many values a bound call has.
    pub fn slots(&self) -> usize {
        self.names.len() + self.varargs as usize + self.varkw as usize
    }
}

fn split_params(s: &str) -> Vec<&str> {
    let mut out = vec![];
    let (mut start, mut quote) = (0, None);
    for (i, c) in s.char_indices() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(q), c) if q == c => quote = None,
            (None, ',') => {
                out.push(s[start..i].trim());
                start = i + 1;
            }
            (None, _) | (Some(_), _) => {}
        }
    }
    out.push(s[start..].trim());
    out.retain(|p| !p.is_empty());
    out
}

fn literal(s: &str) -> Value {
    match s {
        "None" => NONE,
        "True" => TRUE,
        "False" => FALSE,
        "..." => UNBOUND,
        "()" => crate::types::tuple::empty(),
        _ if s.starts_with(['\'', '"']) => Value::str(&s[1..s.len() - 1]),
        _ => match s.parse::<i64>() {
            Ok(n) => Value::int(n),
            Err(_) => s.parse::<f64>().map_or(UNBOUND, Value::float),
        },
    }
}

/// Adds the rows of a builtin type's tables to its attributes.
pub(crate) fn fill_type(ty: &'static Type) {
    use crate::types::function::native;
    let def = ty.def();
    let mut dict = ty.dict.borrow_mut();
    for m in def.methods {
        let v = native::descriptor(ty, m);
        dict.insert(Name::new(m.name()), v);
    }
    for g in def.getset {
        dict.insert(Name::new(g.name), native::getset(ty, g));
    }
    if let Some(doc) = def.doc {
        dict.insert(crate::name::names::__doc__.get(), Value::str(doc));
    }
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

/// The arguments of a call: positional values, then keyword values; the keywords' names.
#[derive(Copy, Clone)]
pub struct Args<'a> {
    pub values: &'a [Value],
    pub kw: &'a [Name],
}
impl<'a> Args<'a> {
    pub fn positional(&self) -> &'a [Value] {
        &self.values[..self.values.len() - self.kw.len()]
    }
    pub fn keywords(&self) -> impl Iterator<Item = (Name, &'a Value)> {
        let n = self.values.len() - self.kw.len();
        self.kw.iter().copied().zip(&self.values[n..])
    }
}

/// Binds arguments for a function of the user's program (CPython 3.13: Python/ceval.c,
/// `initialize_locals`): positional defaults from the end, keyword-only defaults by name.
pub fn bind_function(
    name: &str,
    p: &Params,
    defaults: &[Value],
    kwdefault: impl Fn(Name) -> Option<Value>,
    args: Args,
) -> Result<Vec<Value>, Raised> {
    let pos = args.positional();
    let mut out = vec![UNBOUND; p.names.len()];
    let take = pos.len().min(p.positional);
    out[..take].clone_from_slice(&pos[..take]);
    let mut extra_kw = p.varkw.then(Vec::new);
    let mut posonly_as_kw: Vec<&str> = vec![];
    for (k, v) in args.keywords() {
        match p.names[p.posonly..].iter().position(|n| *n == k) {
            Some(i) => {
                let i = i + p.posonly;
                if !out[i].is_unbound() {
                    return Err(type_error(format!("{name}() got multiple values for argument '{k}'")));
                }
                out[i] = v.clone();
            }
            None => match &mut extra_kw {
                Some(extra) => extra.push((k, v.clone())),
                None if p.names[..p.posonly].contains(&k) => posonly_as_kw.push(k.as_str()),
                None => {
                    let known = p.names[p.posonly..].iter().map(|n| n.as_str());
                    let hint = crate::error::suggest::closest(k.as_str(), known);
                    let hint = hint.map_or(String::new(), |h| format!(". Did you mean '{h}'?"));
                    return Err(type_error(format!("{name}() got an unexpected keyword argument '{k}'{hint}")));
                }
            },
        }
    }
    if !posonly_as_kw.is_empty() {
        let list = posonly_as_kw.join(", ");
        return Err(type_error(format!("{name}() got some positional-only arguments passed as keyword arguments: '{list}'")));
    }
    if pos.len() > p.positional && !p.varargs {
        let given_kwonly = out[p.positional..].iter().filter(|v| !v.is_unbound()).count();
        return Err(too_many(name, p, defaults.len(), pos.len(), given_kwonly));
    }
    let first_default = p.positional - defaults.len().min(p.positional);
    let missing: Vec<&str> = (0..first_default).filter(|&i| out[i].is_unbound()).map(|i| p.names[i].as_str()).collect();
    if !missing.is_empty() {
        return Err(missing_arguments(name, "positional", &missing));
    }
    for i in first_default..p.positional {
        if out[i].is_unbound() {
            out[i] = defaults[i - first_default + defaults.len().saturating_sub(p.positional)].clone();
        }
    }
    let mut missing = vec![];
    for i in p.positional..p.names.len() {
        if out[i].is_unbound() {
            match kwdefault(p.names[i]) {
                Some(v) => out[i] = v,
                None => missing.push(p.names[i].as_str()),
            }
        }
    }
    if !missing.is_empty() {
        return Err(missing_arguments(name, "keyword-only", &missing));
    }
    if p.varargs {
        let rest = if pos.len() > p.positional { pos[p.positional..].to_vec() } else { vec![] };
        out.push(crate::types::tuple::new(rest));
    }
    if let Some(extra) = extra_kw {
        out.push(crate::types::dict::Dict::from_names(extra));
    }
    Ok(out)
}

fn too_many(name: &str, p: &Params, defaults: usize, given: usize, given_kwonly: usize) -> Raised {
    let takes = if defaults > 0 {
        format!("from {} to {}", p.positional - defaults.min(p.positional), p.positional)
    } else {
        p.positional.to_string()
    };
    let s = plural(if defaults > 0 { 2 } else { p.positional });
    if given_kwonly > 0 {
        let kw = plural(given_kwonly);
        return type_error(format!(
            "{name}() takes {takes} positional argument{s} but {given} positional argument{} (and {given_kwonly} keyword-only argument{kw}) were given",
            plural(given)
        ));
    }
    let were = if given == 1 { "was" } else { "were" };
    type_error(format!("{name}() takes {takes} positional argument{s} but {given} {were} given"))
}

fn missing_arguments(name: &str, kind: &str, missing: &[&str]) -> Raised {
    let n = missing.len();
    let quoted: Vec<String> = missing.iter().map(|m| format!("'{m}'")).collect();
    let list = match quoted.as_slice() {
        [a] => a.clone(),
        [a, b] => format!("{a} and {b}"),
        [init @ .., last] => format!("{}, and {last}", init.join(", ")),
        [] => String::new(),
    };
    type_error(format!("{name}() missing {n} required {kind} argument{}: {list}", plural(n)))
}

/// The TypeError for a keyword that a native function does not know, with the nearest one it does.
#[cold]
pub fn unexpected_keyword<'a>(function: &str, keyword: &str, known: impl Iterator<Item = &'a str>) -> Raised {
    let hint = crate::error::suggest::closest(keyword, known).map_or(String::new(), |h| format!(". Did you mean '{h}'?"));
    type_error(format!("{function}() got an unexpected keyword argument '{keyword}'{hint}"))
}

/// Binds arguments for a native function; `qual` is `list.append` for methods. `skip` is 1 when
/// the first value is `self`, which messages don't count.
/// Texts: CPython 3.13, Objects/descrobject.c (no arguments, one argument) and Python/getargs.c.
pub fn bind_native(name: &str, qual: &dyn Fn() -> String, p: &Params, skip: usize, args: Args) -> Result<Vec<Value>, Raised> {
    let pos = args.positional();
    let takes_keywords = p.names.len() > p.posonly || p.varkw;
    let max = p.positional - skip.min(p.positional);
    let required = p.required().saturating_sub(skip);
    let given = pos.len().saturating_sub(skip);
    if !takes_keywords {
        if !args.kw.is_empty() {
            return Err(type_error(format!("{}() takes no keyword arguments", qual())));
        }
        if !p.varargs {
            if max == 0 && given > 0 {
                return Err(type_error(format!("{}() takes no arguments ({given} given)", qual())));
            }
            if max == 1 && required == 1 && given != 1 {
                return Err(type_error(format!("{}() takes exactly one argument ({given} given)", qual())));
            }
            if given < required || given > max {
                let (bound, n) = if given < required { ("at least", required) } else { ("at most", max) };
                let bound = if required == max { "" } else { bound };
                let sep = if bound.is_empty() { "" } else { " " };
                return Err(type_error(format!("{name} expected {bound}{sep}{n} argument{}, got {given}", plural(n))));
            }
        }
    } else if !p.varargs && given > max {
        let total = given + args.kw.len();
        if total > p.names.len() - skip {
            let n = p.names.len() - skip;
            let exact = if required == n { "exactly" } else { "at most" };
            return Err(type_error(format!("{name}() takes {exact} {n} argument{} ({total} given)", plural(n))));
        }
        let bound = if required == max { "exactly" } else { "at most" };
        return Err(type_error(format!("{name}() takes {bound} {max} positional argument{} ({given} given)", plural(max))));
    }
    let needed = required.min(p.posonly.saturating_sub(skip));
    if takes_keywords && given < needed {
        let bound = if needed < max { "at least" } else { "exactly" };
        return Err(type_error(format!("{name}() takes {bound} {needed} positional argument{} ({given} given)", plural(needed))));
    }
    let mut out = vec![UNBOUND; p.names.len()];
    let mut filled = vec![false; p.names.len()];
    let take = pos.len().min(p.positional);
    out[..take].clone_from_slice(&pos[..take]);
    filled[..take].fill(true);
    let mut extra = p.varkw.then(Vec::new);
    for (k, v) in args.keywords() {
        match p.names[p.posonly..].iter().position(|n| *n == k) {
            Some(i) => {
                let i = i + p.posonly;
                if filled[i] {
                    return Err(type_error(format!("argument for {name}() given by name ('{k}') and position ({})", i + 1 - skip)));
                }
                out[i] = v.clone();
                filled[i] = true;
            }
            None => match &mut extra {
                Some(extra) => extra.push((k, v.clone())),
                None => return Err(unexpected_keyword(name, k.as_str(), p.names[p.posonly..].iter().map(|n| n.as_str()))),
            },
        }
    }
    for i in 0..out.len() {
        if !filled[i] {
            match p.defaults.get(i) {
                Some(Some(d)) => out[i] = d.clone(),
                Some(None) | None if i < p.posonly => {
                    let least = p.posonly.min(p.required()).saturating_sub(skip);
                    let bound = if least < max { "at least" } else { "exactly" };
                    return Err(type_error(format!("{name}() takes {bound} {least} positional argument{} ({given} given)", plural(least))));
                }
                Some(None) | None => {
                    return Err(type_error(format!("{name}() missing required argument '{}' (pos {})", p.names[i], i + 1 - skip.min(i))));
                }
            }
        }
    }
    if p.varargs {
        let rest = if pos.len() > p.positional { pos[p.positional..].to_vec() } else { vec![] };
        out.push(crate::types::tuple::new(rest));
    }
    if let Some(extra) = extra {
        out.push(crate::types::dict::Dict::from_names(extra));
    }
    Ok(out)
}
