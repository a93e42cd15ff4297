//! Owns: the methods that `@dataclass` adds: native functions over the list of fields.
//! Never: decides which are added.
//! Source: CPython 3.13, Lib/dataclasses.py (`_init_fn`, `_repr_fn`, `_cmp_fn`, `_frozen_get_del_attr`, `_hash_add`).

use super::fields::{self, FROZEN_INSTANCE_ERROR, FieldKind, missing};
use super::{Options, n};
use rtcore::def::{Args, Params, bind_function};
use rtcore::error::{self, type_error};
use rtcore::methods::*;
use rtcore::protocol::attr::{getattr_name, lookup_optional, set_generic, setattr_name};
use rtcore::protocol::call::{call, call_method_name};
use rtcore::protocol::repr::{self, repr_string};
use rtcore::protocol::{compare, hash};
use rtcore::types::class::special::Special;
use rtcore::types::function::closure;
use rtcore::types::none::not_implemented;
use rtcore::types::tuple;

fn module_of(ty: &'static Type) -> Value {
    ty.own(names::__module__.get()).unwrap_or(NONE)
}
fn add(ty: &'static Type, name: &str, run: closure::Run, captured: Vec<Value>) {
    let f = closure::new(&format!("{}.{name}", ty.qualname()), module_of(ty), run, captured);
    ty.set_own(Name::new(name), f);
}

/// How `__init__` treats one field.
enum Source {
    /// A parameter, with an optional default.
    Given,
    Factory(Value),
    /// Not set: the class attribute serves.
    Skip,
}
struct InitField {
    name: Name,
    /// Its place among the bound parameters.
    slot: Option<usize>,
    source: Source,
    init_var: bool,
}
/// What the generated `__init__` knows.
struct Init {
    qualname: String,
    params: Params,
    defaults: Vec<Value>,
    kwdefaults: Vec<(Name, Value)>,
    fields: Vec<InitField>,
    frozen: bool,
    post_init: bool,
}
impl Payload for Init {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.defaults.iter().for_each(&mut *visit);
        self.kwdefaults.iter().for_each(|(_, v)| visit(v));
    }
}
impl Native for Init {
    fn class() -> &'static Type {
        &INIT
    }
}
static INIT_DEF: ClassDef = ClassDef::new::<Init>("dataclass_init").module("dataclasses");
static INIT: Type = Type::builtin(&INIT_DEF);

pub fn add_init(ty: &'static Type, cls: &Value, all: &[Value], o: Options) -> PyResult<()> {
    let taking: Vec<&Value> = all.iter().filter(|f| fields::kind(f) != FieldKind::ClassVar).collect();
    let is_param = |f: &&&Value| fields::flag(f, "init");
    let positional: Vec<&&Value> = taking.iter().filter(is_param).filter(|f| !fields::flag(f, "kw_only")).collect();
    let keyword: Vec<&&Value> = taking.iter().filter(is_param).filter(|f| fields::flag(f, "kw_only")).collect();
    let default_of = |f: &Value| -> Option<Value> {
        let (d, factory) = (fields::get(f, "default"), fields::get(f, "default_factory"));
        if !d.is(&missing()) {
            Some(d)
        } else if !factory.is(&missing()) {
            // A marker that says: call the factory.
            Some(missing())
        } else {
            None
        }
    };
    let mut params = Params { names: vec![Name::new("self")], defaults: vec![], posonly: 0, positional: 0, varargs: false, varkw: false };
    if positional.iter().any(|f| fields::name(f).as_str() == "self") {
        params.names[0] = Name::new("__dataclass_self__");
    }
    let mut defaults = vec![];
    let mut last_default: Option<Name> = None;
    for f in &positional {
        match default_of(f) {
            Some(d) => {
                defaults.push(d);
                last_default = Some(fields::name(f));
            }
            None => {
                if let Some(d) = last_default {
                    return Err(type_error(format!("non-default argument '{}' follows default argument '{d}'", fields::name(f))));
                }
            }
        }
        params.names.push(fields::name(f));
    }
    params.positional = params.names.len();
    let mut kwdefaults = vec![];
    for f in &keyword {
        params.names.push(fields::name(f));
        if let Some(d) = default_of(f) {
            kwdefaults.push((fields::name(f), d));
        }
    }
    let mut plan = vec![];
    for f in &taking {
        let factory = fields::get(f, "default_factory");
        let init = fields::flag(f, "init");
        let slot = if init { params.names.iter().position(|p| *p == fields::name(f)) } else { None };
        let source = if !factory.is(&missing()) {
            Source::Factory(factory)
        } else if init {
            Source::Given
        } else {
            Source::Skip
        };
        plan.push(InitField { name: fields::name(f), slot, source, init_var: fields::kind(f) == FieldKind::InitVar });
    }
    let post_init = lookup_optional(cls, n::__post_init__.get())?.is_some();
    let init = Init {
        qualname: format!("{}.__init__", ty.qualname()),
        params,
        defaults,
        kwdefaults,
        fields: plan,
        frozen: o.frozen,
        post_init,
    };
    let f = closure::new(&init.qualname.clone(), module_of(ty), run_init, vec![object::new(&INIT, init)]);
    let annotations = rtcore::types::dict::Dict::new_value();
    if let Some(d) = annotations.downcast::<rtcore::types::dict::Dict>() {
        for f in positional.iter().chain(&keyword) {
            d.set_name(fields::name(f), fields::get(f, "type"));
        }
        d.set_name(Name::new("return"), NONE);
    }
    setattr_name(&f, names::__annotations__.get(), Some(annotations))?;
    ty.set_own(names::__init__.get(), f);
    Ok(())
}

fn run_init(captured: &[Value], values: &[Value], kw: &[Name]) -> PyResult {
    let Some(init) = captured.first().and_then(|c| c.downcast::<Init>()) else { return Ok(NONE) };
    let kwdefault = |name: Name| init.kwdefaults.iter().find(|(k, _)| *k == name).map(|(_, v)| v.clone());
    let bound = bind_function(&init.qualname, &init.params, &init.defaults, kwdefault, Args { values, kw })?;
    let Some(this) = bound.first() else { return Ok(NONE) };
    let mut vars = vec![];
    for f in &init.fields {
        let given = f.slot.and_then(|i| bound.get(i)).filter(|v| !v.is(&missing())).cloned();
        let v = match (&f.source, given) {
            (_, Some(v)) => v,
            (Source::Factory(factory), None) => call(factory, &[])?,
            (Source::Given | Source::Skip, None) => continue,
        };
        if f.init_var {
            vars.push(v);
        } else if init.frozen {
            set_generic(this, f.name, Some(v))?;
        } else {
            setattr_name(this, f.name, Some(v))?;
        }
    }
    if init.post_init {
        call_method_name(this, n::__post_init__.get(), &vars)?;
    }
    Ok(NONE)
}

fn names_where(fs: &[Value], attr: &str) -> Value {
    tuple::new(fs.iter().filter(|f| fields::flag(f, attr)).map(|f| fields::name(f).value()).collect())
}
/// The values of the named fields.
fn values(v: &Value, names: &Value) -> PyResult<Vec<Value>> {
    tuple::items(names).iter().filter_map(Name::of).map(|n| getattr_name(v, n)).collect()
}
fn this<'a>(values: &'a [Value], name: &str) -> PyResult<&'a Value> {
    values.first().ok_or_else(|| type_error(format!("{name}() missing 1 required positional argument: 'self'")))
}

pub fn add_repr(ty: &'static Type, real: &[Value]) {
    add(ty, "__repr__", run_repr, vec![names_where(real, "repr")]);
}
fn run_repr(captured: &[Value], values: &[Value], _kw: &[Name]) -> PyResult {
    let v = this(values, "__repr__")?;
    let Some(_guard) = repr::enter(v) else { return Ok(Value::str("...")) };
    let mut parts = vec![];
    for name in tuple::items(&captured[0]).iter().filter_map(Name::of) {
        parts.push(format!("{name}={}", repr_string(&getattr_name(v, name)?)?));
    }
    Ok(Value::string(format!("{}({})", v.ty().qualname(), parts.join(", "))))
}

pub fn add_eq(ty: &'static Type, real: &[Value]) {
    add(ty, "__eq__", run_eq, vec![names_where(real, "compare")]);
}
fn run_eq(captured: &[Value], args: &[Value], _kw: &[Name]) -> PyResult {
    let [a, b] = args else { return Err(type_error("__eq__() takes 2 positional arguments")) };
    if a.is(b) {
        return Ok(TRUE);
    }
    if !std::ptr::eq(a.ty(), b.ty()) {
        return Ok(not_implemented());
    }
    for name in tuple::items(&captured[0]).iter().filter_map(Name::of) {
        if !compare::eq(&getattr_name(a, name)?, &getattr_name(b, name)?)? {
            return Ok(FALSE);
        }
    }
    Ok(TRUE)
}

pub fn add_order(ty: &'static Type, real: &[Value]) {
    let names = names_where(real, "compare");
    for (i, name) in ["__lt__", "__le__", "__gt__", "__ge__"].iter().enumerate() {
        add(ty, name, run_order, vec![names.clone(), Value::from(i)]);
    }
}
fn run_order(captured: &[Value], args: &[Value], _kw: &[Name]) -> PyResult {
    let [a, b] = args else { return Err(type_error("comparison takes 2 positional arguments")) };
    if !std::ptr::eq(a.ty(), b.ty()) {
        return Ok(not_implemented());
    }
    let (x, y) = (tuple::new(values(a, &captured[0])?), tuple::new(values(b, &captured[0])?));
    let op = [Special::Lt, Special::Le, Special::Gt, Special::Ge];
    let s = captured[1].as_inline_int().and_then(|i| op.get(i as usize).copied()).unwrap_or(Special::Lt);
    call_method_name(&x, s.name(), &[y])
}

pub fn add_hash(ty: &'static Type, real: &[Value]) {
    let counted = real.iter().filter(|f| {
        let h = fields::get(f, "hash");
        if h.is_none() { fields::flag(f, "compare") } else { fields::flag(f, "hash") }
    });
    let names = tuple::new(counted.map(|f| fields::name(f).value()).collect());
    add(ty, "__hash__", run_hash, vec![names]);
}
fn run_hash(captured: &[Value], args: &[Value], _kw: &[Name]) -> PyResult {
    let v = this(args, "__hash__")?;
    Ok(Value::int(hash::hash(&tuple::new(values(v, &captured[0])?))?))
}

pub fn add_frozen(ty: &'static Type, cls: &Value, real: &[Value]) {
    let names = tuple::new(real.iter().map(|f| fields::name(f).value()).collect());
    add(ty, "__setattr__", run_frozen_set, vec![cls.clone(), names.clone()]);
    add(ty, "__delattr__", run_frozen_delete, vec![cls.clone(), names]);
}
fn frozen(captured: &[Value], args: &[Value], verb: &str) -> PyResult {
    let [v, name, ..] = args else { return Err(type_error("missing arguments")) };
    let cls = &captured[0];
    let is_own = cls.as_type().is_some_and(|t| std::ptr::eq(t, v.ty()));
    let text = name.as_str().unwrap_or("");
    if is_own || tuple::items(&captured[1]).iter().any(|n| n.as_str() == Some(text)) {
        return Err(error::raise(&FROZEN_INSTANCE_ERROR, format!("cannot {verb} field {}", repr_string(name)?)));
    }
    let method = if verb == "assign to" { n::__setattr__.get() } else { n::__delattr__.get() };
    rtcore::types::descriptors::super_method(cls, v, method, &args[1..], &[])
}
fn run_frozen_set(captured: &[Value], args: &[Value], _kw: &[Name]) -> PyResult {
    frozen(captured, args, "assign to")
}
fn run_frozen_delete(captured: &[Value], args: &[Value], _kw: &[Name]) -> PyResult {
    frozen(captured, args, "delete")
}

/// `__replace__`, for `copy.replace`.
pub fn add_replace(ty: &'static Type) {
    if ty.own(n::__replace__.get()).is_none() {
        add(ty, "__replace__", |_, values, kw| super::replace(values, kw), vec![]);
    }
}

/// `Name(x: int, y: int = 0)`: the docstring of a class without one.
pub fn signature_text(ty: &'static Type, all: &[Value]) -> PyResult<String> {
    let mut parts = vec![];
    let mut star = false;
    let taking = all.iter().filter(|f| fields::kind(f) != FieldKind::ClassVar && fields::flag(f, "init"));
    let (keyword, positional): (Vec<&Value>, Vec<&Value>) = taking.partition(|f| fields::flag(f, "kw_only"));
    for f in positional.into_iter().chain(keyword) {
        if fields::flag(f, "kw_only") && !star {
            star = true;
            parts.push("*".to_string());
        }
        let annotation = fields::get(f, "type");
        let shown = match annotation.as_type() {
            Some(t) if t.module_name() == "builtins" => t.qualname(),
            Some(t) => format!("{}.{}", t.module_name(), t.qualname()),
            None => repr_string(&annotation)?,
        };
        let default = fields::get(f, "default");
        let factory = fields::get(f, "default_factory");
        let tail = if !default.is(&missing()) {
            format!(" = {}", repr_string(&default)?)
        } else if !factory.is(&missing()) {
            " = <factory>".to_string()
        } else {
            String::new()
        };
        parts.push(format!("{}: {shown}{tail}", fields::name(f)));
    }
    Ok(format!("{}({})", ty.name(), parts.join(", ")))
}

/// Methods that captured the class without slots now mean the one with them.
pub fn rebind(old: &'static Type, new: &'static Type) {
    let frozen = ["__setattr__", "__delattr__"];
    for name in frozen {
        let name = Name::new(name);
        let Some(f) = new.own(name) else { continue };
        let Some(c) = f.downcast::<closure::Closure>() else { continue };
        let captured: Vec<Value> = c.captured.iter().map(|v| if v.is_type(old) { Value::of_type(new) } else { v.clone() }).collect();
        let g = closure::new(&format!("{}.{name}", new.qualname()), module_of(new), c.run, captured);
        new.set_own(name, g);
    }
}
