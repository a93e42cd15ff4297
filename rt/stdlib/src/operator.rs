//! Owns: the module `operator`: operators as functions, `itemgetter`, `attrgetter`, `methodcaller`.
//! Never: implements an operator.
//! Source: CPython 3.13, Lib/operator.py, Modules/_operator.c.

use rtcore::error::{type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::call::{call_kw, call_method_kw};
use rtcore::protocol::sequence::{as_size, contains, delitem, getitem, index_value, length_hint, same_or_eq, setitem, truth};
use rtcore::protocol::{attr, compare, iter, number, repr};
use rtcore::types::class::special::Special;
use rtcore::types::module::{NativeModule, set, set_str};
use rtcore::types::tuple;

macro_rules! binary {
    ($($f:ident $g:ident;)*) => { $(fn $f(a: &Value, b: &Value) -> PyResult { number::$g(a, b) })* };
}
binary! {
    add add; sub sub; mul mul; truediv truediv; floordiv floordiv; mod_ mod_; pow pow; lshift lshift; rshift rshift;
    and_ and_; or_ or_; xor xor; matmul matmul;
}
macro_rules! in_place {
    ($($f:ident $g:ident;)*) => { $(fn $f(a: &Value, b: &Value) -> PyResult {
        let mut a = a.clone();
        number::$g(&mut a, b)?;
        Ok(a)
    })* };
}
in_place! {
    iadd iadd; isub isub; imul imul; itruediv itruediv; ifloordiv ifloordiv; imod imod; ipow ipow; ilshift ilshift;
    irshift irshift; iand iand; ior ior; ixor ixor; imatmul imatmul;
}
macro_rules! comparison {
    ($($f:ident $s:ident;)*) => { $(fn $f(a: &Value, b: &Value) -> PyResult { compare::rich(Special::$s, a, b) })* };
}
comparison! { lt Lt; le Le; eq Eq; ne Ne; gt Gt; ge Ge; }
fn not_(v: &Value) -> PyResult {
    Ok((!truth(v)?).into())
}
fn truth_(v: &Value) -> PyResult {
    Ok(truth(v)?.into())
}
fn is_(a: &Value, b: &Value) -> PyResult {
    Ok(a.is(b).into())
}
fn is_not(a: &Value, b: &Value) -> PyResult {
    Ok((!a.is(b)).into())
}
fn contains_(a: &Value, b: &Value) -> PyResult {
    Ok(contains(a, b)?.into())
}
fn concat(a: &Value, b: &Value) -> PyResult {
    for v in [a, b] {
        if v.ty().special(Special::GetItem).is_none() {
            return Err(type_error(format!("'{}' object can't be concatenated", v.ty().full_name())));
        }
    }
    number::add(a, b)
}
fn count_of(a: &Value, b: &Value) -> PyResult {
    let mut n = 0i64;
    iter::for_each(a, |x| {
        n += i64::from(same_or_eq(&x, b)?);
        Ok(())
    })?;
    Ok(Value::int(n))
}
fn index_of(a: &Value, b: &Value) -> PyResult {
    let mut it = iter::Iter::new(a)?;
    let mut i = 0i64;
    while let Some(x) = it.next()? {
        if same_or_eq(&x, b)? {
            return Ok(Value::int(i));
        }
        i += 1;
    }
    Err(value_error("sequence.index(x): x not in sequence"))
}
fn setitem_(a: &Value, k: &Value, v: &Value) -> PyResult {
    setitem(a, k, v.clone())?;
    Ok(NONE)
}
fn delitem_(a: &Value, k: &Value) -> PyResult {
    delitem(a, k)?;
    Ok(NONE)
}
fn length_hint_(v: &Value, default: &Value) -> PyResult {
    if default.as_inline_int().is_none() {
        return Err(type_error(format!("'{}' object cannot be interpreted as an integer", default.ty().full_name())));
    }
    Ok(length_hint(v, as_size(default)?.max(0) as usize)?.into())
}
fn call_(all: &[Value], kw: &[Name]) -> PyResult {
    match all.split_first() {
        Some((f, rest)) if all.len() > kw.len() => call_kw(f, rest, kw),
        Some(_) | None => Err(type_error("call expected at least 1 argument, got 0")),
    }
}

static FUNCTIONS: &[Method] = &[
    Method::new("add(a, b, /)", F2(add)),
    Method::new("sub(a, b, /)", F2(sub)),
    Method::new("mul(a, b, /)", F2(mul)),
    Method::new("truediv(a, b, /)", F2(truediv)),
    Method::new("floordiv(a, b, /)", F2(floordiv)),
    Method::new("mod(a, b, /)", F2(mod_)),
    Method::new("pow(a, b, /)", F2(pow)),
    Method::new("lshift(a, b, /)", F2(lshift)),
    Method::new("rshift(a, b, /)", F2(rshift)),
    Method::new("and_(a, b, /)", F2(and_)),
    Method::new("or_(a, b, /)", F2(or_)),
    Method::new("xor(a, b, /)", F2(xor)),
    Method::new("matmul(a, b, /)", F2(matmul)),
    Method::new("iadd(a, b, /)", F2(iadd)),
    Method::new("isub(a, b, /)", F2(isub)),
    Method::new("imul(a, b, /)", F2(imul)),
    Method::new("itruediv(a, b, /)", F2(itruediv)),
    Method::new("ifloordiv(a, b, /)", F2(ifloordiv)),
    Method::new("imod(a, b, /)", F2(imod)),
    Method::new("ipow(a, b, /)", F2(ipow)),
    Method::new("ilshift(a, b, /)", F2(ilshift)),
    Method::new("irshift(a, b, /)", F2(irshift)),
    Method::new("iand(a, b, /)", F2(iand)),
    Method::new("ior(a, b, /)", F2(ior)),
    Method::new("ixor(a, b, /)", F2(ixor)),
    Method::new("imatmul(a, b, /)", F2(imatmul)),
    Method::new("iconcat(a, b, /)", F2(iadd)),
    Method::new("concat(a, b, /)", F2(concat)),
    Method::new("neg(a, /)", F1(number::neg)),
    Method::new("pos(a, /)", F1(number::pos)),
    Method::new("abs(a, /)", F1(number::abs)),
    Method::new("inv(a, /)", F1(number::invert)),
    Method::new("invert(a, /)", F1(number::invert)),
    Method::new("index(a, /)", F1(index_value)),
    Method::new("lt(a, b, /)", F2(lt)),
    Method::new("le(a, b, /)", F2(le)),
    Method::new("eq(a, b, /)", F2(eq)),
    Method::new("ne(a, b, /)", F2(ne)),
    Method::new("gt(a, b, /)", F2(gt)),
    Method::new("ge(a, b, /)", F2(ge)),
    Method::new("not_(a, /)", F1(not_)),
    Method::new("truth(a, /)", F1(truth_)),
    Method::new("is_(a, b, /)", F2(is_)),
    Method::new("is_not(a, b, /)", F2(is_not)),
    Method::new("contains(a, b, /)", F2(contains_)),
    Method::new("countOf(a, b, /)", F2(count_of)),
    Method::new("indexOf(a, b, /)", F2(index_of)),
    Method::new("getitem(a, b, /)", F2(getitem)),
    Method::new("setitem(a, b, c, /)", F3(setitem_)),
    Method::new("delitem(a, b, /)", F2(delitem_)),
    Method::new("length_hint(obj, default=0, /)", F2(length_hint_)),
    Method::new("call(obj, /, *args, **kwargs)", Raw(call_)),
];

/// `itemgetter(…)`, `attrgetter(…)`, `methodcaller(…)`.
struct Getter {
    /// Keys, dotted names, or the method's name and arguments.
    items: Vec<Value>,
    kw: Vec<Name>,
}
impl Payload for Getter {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.items.iter().for_each(visit);
    }
}
impl Native for Getter {
    fn class() -> &'static Type {
        &ITEMGETTER
    }
}
fn getter(v: &Value) -> PyResult<&Getter> {
    v.downcast::<Getter>().ok_or_else(|| type_error("not a getter"))
}
fn new_getter(all: &[Value], kw: &[Name]) -> PyResult {
    let Some(ty) = all.first().and_then(Value::as_type) else { return Err(type_error("not a type")) };
    let items = all[1..].to_vec();
    let name = ty.name();
    if items.len() == kw.len() {
        return Err(type_error(match name {
            "methodcaller" => "methodcaller needs at least one argument, the method name".to_string(),
            n => format!("{n} expected 1 argument, got 0"),
        }));
    }
    if name != "methodcaller" && !kw.is_empty() {
        return Err(type_error(format!("{name}() takes no keyword arguments")));
    }
    if name == "attrgetter" && items.iter().any(|i| i.as_str_obj().is_none()) {
        return Err(type_error("attribute name must be a string"));
    }
    if name == "methodcaller" && items[0].as_str_obj().is_none() {
        return Err(type_error("method name must be a string"));
    }
    Ok(object::new(ty, Getter { items, kw: kw.to_vec() }))
}
fn one_argument(f: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    if !kw.is_empty() {
        return Err(type_error(format!("{}() takes no keyword arguments", f.ty().name())));
    }
    match values {
        [v] => Ok(v.clone()),
        more => Err(type_error(format!("{} expected 1 argument, got {}", f.ty().name(), more.len()))),
    }
}
fn itemgetter_call(f: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    let v = one_argument(f, values, kw)?;
    match &getter(f)?.items[..] {
        [k] => getitem(&v, k),
        keys => Ok(tuple::new(keys.iter().map(|k| getitem(&v, k)).collect::<PyResult<Vec<_>>>()?)),
    }
}
fn dotted(v: &Value, name: &Value) -> PyResult {
    let mut v = v.clone();
    for part in name.as_str().unwrap_or("").split('.') {
        v = attr::getattr_name(&v, Name::new(part))?;
    }
    Ok(v)
}
fn attrgetter_call(f: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    let v = one_argument(f, values, kw)?;
    match &getter(f)?.items[..] {
        [k] => dotted(&v, k),
        names => Ok(tuple::new(names.iter().map(|k| dotted(&v, k)).collect::<PyResult<Vec<_>>>()?)),
    }
}
fn methodcaller_call(f: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    let v = one_argument(f, values, kw)?;
    let g = getter(f)?;
    let Some(name) = Name::of(&g.items[0]) else { return Err(type_error("method name must be a string")) };
    call_method_kw(&v, name, &g.items[1..], &g.kw)
}
fn getter_repr(v: &Value) -> PyResult {
    let g = getter(v)?;
    let pos = g.items.len() - g.kw.len();
    let mut parts = g.items[..pos].iter().map(repr::repr_string).collect::<PyResult<Vec<_>>>()?;
    for (k, x) in g.kw.iter().zip(&g.items[pos..]) {
        parts.push(format!("{k}={}", repr::repr_string(x)?));
    }
    Ok(Value::string(format!("operator.{}({})", v.ty().name(), parts.join(", "))))
}
fn getter_reduce(v: &Value) -> PyResult {
    let g = getter(v)?;
    Ok(tuple::of([Value::of_type(v.ty()), tuple::new(g.items.clone())]))
}
static GETTER_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new_getter)),
    Method::new("__repr__(self, /)", F1(getter_repr)),
    Method::new("__reduce__(self, /)", F1(getter_reduce)),
];
static ITEMGETTER_DEF: ClassDef = ClassDef::new::<Getter>("itemgetter")
    .module("operator")
    .methods(GETTER_METHODS)
    .hooks(Hooks { call: Some(itemgetter_call), ..Hooks::NONE });
pub static ITEMGETTER: Type = Type::builtin(&ITEMGETTER_DEF);
static ATTRGETTER_DEF: ClassDef = ClassDef::new::<Getter>("attrgetter")
    .module("operator")
    .like(&rtcore::types::object_::OBJECT, &ITEMGETTER)
    .methods(GETTER_METHODS)
    .hooks(Hooks { call: Some(attrgetter_call), ..Hooks::NONE });
pub static ATTRGETTER: Type = Type::builtin(&ATTRGETTER_DEF);
static METHODCALLER_DEF: ClassDef = ClassDef::new::<Getter>("methodcaller")
    .module("operator")
    .like(&rtcore::types::object_::OBJECT, &ITEMGETTER)
    .methods(GETTER_METHODS)
    .hooks(Hooks { call: Some(methodcaller_call), ..Hooks::NONE });
pub static METHODCALLER: Type = Type::builtin(&METHODCALLER_DEF);

fn setup(m: &Value) -> PyResult<()> {
    for t in [&ITEMGETTER, &ATTRGETTER, &METHODCALLER] {
        set_str(m, t.name(), Value::of_type(t));
    }
    // Every operator is there under its dunder name too.
    for f in FUNCTIONS {
        let name = f.name();
        let plain = name.trim_end_matches('_');
        if !matches!(name, "truth" | "is_" | "is_not" | "countOf" | "indexOf" | "length_hint") {
            let v = attr::getattr_name(m, Name::new(name))?;
            set(m, Name::new(&format!("__{plain}__")), v);
        }
    }
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("operator", FUNCTIONS, setup);
