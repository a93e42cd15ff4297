//! Owns: class bodies being run, and `super()`. Never: makes the class itself.

use super::Arg;
use crate::error::{PyResult, runtime_error};
use crate::name::{Name, names};
use crate::protocol::call::call;
use crate::types::cell as cells;
use crate::types::class::create::{self, ClassBuild};
use crate::types::dict::Dict;
use crate::types::module::{ModuleDef, Slot};
use crate::value::{UNBOUND, Value};

/// The namespace that a class body fills.
pub struct Namespace(ClassBuild);

fn begin(module: &'static ModuleDef, qualname: &'static str, line: i64, bases: &[Value], kw: Vec<(Name, Value)>) -> PyResult<Namespace> {
    let name = super::sites::last_part(qualname);
    let build = create::begin(name, bases, kw)?;
    build.set(names::__module__.get(), crate::types::module::name_value(module))?;
    build.set(names::__qualname__.get(), Name::new(qualname).value())?;
    build.set(Name::new("__firstlineno__"), Value::int(line))?;
    if let Some(params) = super::make::class_params(bases) {
        build.set(names::__type_params__.get(), params)?;
    }
    Ok(Namespace(build))
}
pub fn namespace(module: &'static ModuleDef, qualname: &'static str, line: i64, bases: &[Value]) -> PyResult<Namespace> {
    begin(module, qualname, line, bases, vec![])
}
/// The last values belong to the names.
pub fn namespace_kw(
    module: &'static ModuleDef,
    qualname: &'static str,
    line: i64,
    values: &[Value],
    kw: &[&'static str],
) -> PyResult<Namespace> {
    let split = values.len().saturating_sub(kw.len());
    let (bases, rest) = values.split_at(split);
    begin(module, qualname, line, bases, kw.iter().map(|n| Name::new(n)).zip(rest.iter().cloned()).collect())
}
pub fn namespace_spread(module: &'static ModuleDef, qualname: &'static str, line: i64, args: &[Arg]) -> PyResult<Namespace> {
    let (values, kw) = super::op::spread(None, args)?;
    let split = values.len().saturating_sub(kw.len());
    let (bases, rest) = values.split_at(split);
    begin(module, qualname, line, bases, kw.into_iter().zip(rest.iter().cloned()).collect())
}

impl Namespace {
    pub fn set(&self, name: &'static str, v: Value) -> PyResult<()> {
        self.0.set(Name::new(name), v)
    }
    pub fn doc(&self, v: Value) {
        if let Err(r) = self.0.set(names::__doc__.get(), v) {
            drop(crate::error::take(r));
        }
    }
    /// A name of the class body, then the global, then the builtin.
    pub fn lookup(&self, name: &'static str, global: &Slot) -> PyResult {
        match self.0.get(Name::new(name))? {
            Some(v) => Ok(v),
            None => global.get(),
        }
    }
    /// A name of the class body, then a captured cell.
    pub fn lookup_cell(&self, name: &'static str, cell: &Value) -> PyResult {
        match self.0.get(Name::new(name))? {
            Some(v) => Ok(v),
            None => cells::load(cell, name, false),
        }
    }
    pub fn lookup_value(&self, name: &'static str, value: &Value) -> PyResult {
        Ok(self.0.get(Name::new(name))?.unwrap_or_else(|| value.clone()))
    }
    pub fn del(&self, name: &'static str) -> PyResult<()> {
        self.0.delete(Name::new(name))
    }
    pub fn unbind(&self, name: &'static str) {
        if let Err(r) = self.0.delete(Name::new(name)) {
            drop(crate::error::take(r));
        }
    }
    /// `name: value` in the class body.
    pub fn annotate(&self, name: &'static str, value: Value) -> PyResult<()> {
        let key = Name::new("__annotations__");
        let dict = match self.0.get(key)? {
            Some(d) => d,
            None => {
                let made = Dict::new_value();
                self.0.set(key, made.clone())?;
                made
            }
        };
        crate::protocol::sequence::setitem(&dict, &Name::new(name).value(), value)
    }
    /// The namespace itself: `locals()` in a class body.
    pub fn dict(&self) -> Value {
        self.0.namespace().clone()
    }
    pub fn finish(self, attributes: &[&'static str]) -> PyResult {
        self.attributes(attributes)?;
        self.0.finish()
    }
    /// The same for a class whose methods use `super()` or `__class__`.
    pub fn finish_cell(self, attributes: &[&'static str], cell: &Value) -> PyResult {
        self.attributes(attributes)?;
        self.0.set(Name::new("__classcell__"), cell.clone())?;
        let class = self.0.finish()?;
        if cells::get(cell).is_unbound() {
            cells::set(cell, class.clone());
        }
        Ok(class)
    }
    fn attributes(&self, attributes: &[&'static str]) -> PyResult<()> {
        let names = attributes.iter().map(|n| Name::new(n).value()).collect();
        self.0.set(Name::new("__static_attributes__"), crate::types::tuple::new(names))
    }
}

fn class_of(cell: &Value) -> PyResult {
    let class = cells::get(cell);
    if class.is_unbound() { Err(runtime_error("super(): empty __class__ cell")) } else { Ok(class) }
}
/// `super()` in a method.
pub fn super_(cell: &Value, receiver: &Value) -> PyResult {
    let class = class_of(cell)?;
    if receiver.is_unbound() {
        return Err(runtime_error("super(): arg[0] deleted"));
    }
    call(&super::builtin::builtin("super")?, &[class, receiver.clone()])
}
/// `super().name(args…)`
pub fn super_method(cell: &Value, receiver: &Value, name: &'static str, args: &[Value]) -> PyResult {
    let object = super_(cell, receiver)?;
    crate::protocol::call::call_method_name(&object, Name::new(name), args)
}
#[cold]
pub fn super_without_arguments() -> PyResult {
    let _ = UNBOUND;
    Err(runtime_error("super(): no arguments"))
}
