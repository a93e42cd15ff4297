//! Owns: the module `itertools`: its table; the iterators are in the files beside.
//! Never: runs ahead of what it was asked for.
//! Source: CPython 3.13, Modules/itertoolsmodule.c.

mod combine;
mod infinite;
mod select;
mod tee;

use rtcore::error::type_error;
use rtcore::methods::*;
use rtcore::types::module::{NativeModule, set_str};
use std::cell::{Cell, RefCell};

/// The body of all iterators here: the iterators they draw from, a function, and numbers.
pub(crate) struct It {
    pub sources: RefCell<Vec<Value>>,
    pub f: RefCell<Value>,
    pub held: RefCell<Value>,
    pub items: RefCell<Vec<Value>>,
    pub places: RefCell<Vec<usize>>,
    pub a: Cell<i64>,
    pub b: Cell<i64>,
    pub c: Cell<i64>,
    pub flag: Cell<bool>,
}
impl Payload for It {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.sources.borrow().iter().for_each(&mut *visit);
        self.items.borrow().iter().for_each(&mut *visit);
        visit(&self.f.borrow());
        visit(&self.held.borrow());
    }
    fn clear(&self) {
        drop(self.sources.take());
        drop(self.items.take());
        drop(self.f.replace(NONE));
        drop(self.held.replace(NONE));
    }
}
impl Native for It {
    fn class() -> &'static Type {
        &infinite::COUNT
    }
}
pub(crate) fn make(ty: &'static Type, sources: Vec<Value>, f: Value) -> Value {
    object::new(
        ty,
        It {
            sources: RefCell::new(sources),
            f: RefCell::new(f),
            held: RefCell::new(UNBOUND),
            items: RefCell::new(vec![]),
            places: RefCell::new(vec![]),
            a: Cell::new(0),
            b: Cell::new(0),
            c: Cell::new(0),
            flag: Cell::new(false),
        },
    )
}
pub(crate) fn body(v: &Value) -> PyResult<&It> {
    v.downcast::<It>().ok_or_else(|| type_error("not an itertools iterator"))
}
impl It {
    pub fn source(&self, i: usize) -> Option<Value> {
        self.sources.borrow().get(i).cloned()
    }
    pub fn function(&self) -> Value {
        self.f.borrow().clone()
    }
}
/// The class, the positional arguments, and the keyword ones.
pub(crate) struct Call<'a> {
    pub ty: &'static Type,
    pub args: &'a [Value],
    pub kw: Vec<(Name, Value)>,
}
pub(crate) fn call_of<'a>(all: &'a [Value], kw: &[Name]) -> PyResult<Call<'a>> {
    let pos = all.len() - kw.len();
    let Some(ty) = all.first().and_then(Value::as_type) else { return Err(type_error("X is not a type object")) };
    Ok(Call { ty, args: &all[1..pos], kw: kw.iter().copied().zip(all[pos..].iter().cloned()).collect() })
}
impl Call<'_> {
    /// Argument `i`, by position or name.
    pub fn get(&self, i: usize, name: &str) -> Option<Value> {
        self.args.get(i).cloned().or_else(|| self.kw.iter().find(|(n, _)| n.as_str() == name).map(|(_, v)| v.clone()))
    }
    /// Refuses keyword arguments other than these.
    pub fn only(&self, names: &[&str]) -> PyResult<()> {
        match self.kw.iter().find(|(n, _)| !names.contains(&n.as_str())) {
            Some((n, _)) if names.is_empty() => {
                let _ = n;
                Err(type_error(format!("{}() takes no keyword arguments", self.ty.name())))
            }
            Some((n, _)) => Err(type_error(format!("{}() got an unexpected keyword argument '{n}'", self.ty.name()))),
            None => Ok(()),
        }
    }
    /// Checks the number of positional arguments of a call without keywords (`_PyArg_CheckPositional`).
    pub fn count(&self, min: usize, max: usize) -> PyResult<()> {
        let n = self.args.len();
        if n >= min && n <= max {
            return Ok(());
        }
        let (bound, want) = if n < min { ("at least ", min) } else { ("at most ", max) };
        let bound = if min == max { "" } else { bound };
        let s = if want == 1 { "" } else { "s" };
        Err(type_error(format!("{} expected {bound}{want} argument{s}, got {n}", self.ty.name())))
    }
    pub fn required(&self, i: usize, name: &str) -> PyResult {
        self.get(i, name)
            .ok_or_else(|| type_error(format!("{}() missing required argument '{name}' (pos {})", self.ty.name(), i + 1)))
    }
}

fn setup(m: &Value) -> PyResult<()> {
    let types: &[&'static Type] = &[
        &infinite::COUNT,
        &infinite::CYCLE,
        &infinite::REPEAT,
        &infinite::ACCUMULATE,
        &select::CHAIN,
        &select::COMPRESS,
        &select::DROPWHILE,
        &select::TAKEWHILE,
        &select::FILTERFALSE,
        &select::STARMAP,
        &select::ISLICE,
        &select::ZIP_LONGEST,
        &select::PAIRWISE,
        &select::BATCHED,
        &combine::PRODUCT,
        &combine::PERMUTATIONS,
        &combine::COMBINATIONS,
        &combine::COMBINATIONS_WITH_REPLACEMENT,
        &tee::GROUPBY,
    ];
    for t in types {
        set_str(m, t.name(), Value::of_type(t));
    }
    Ok(())
}
static FUNCTIONS: &[Method] = &[Method::new("tee(iterable, n=2, /)", F2(tee::tee))];
pub static MODULE: NativeModule = NativeModule::new("itertools", FUNCTIONS, setup);

/// Defines an iterator type of the module: its name, its `__new__`, its `next`, more methods.
macro_rules! iterators {
    ($($ty:ident $name:literal $new:path, $next:path, [$($m:expr),*];)*) => { $(
        pub static $ty: rtcore::types::class::Type = {
            static METHODS: &[rtcore::def::Method] = &[
                rtcore::def::Method::static_("__new__(type, *args, **kw)", rtcore::def::Raw($new)),
                rtcore::def::Method::new("__iter__(self, /)", rtcore::def::F1(rtcore::types::iterators::itself)),
                rtcore::def::Method::new("__next__(self, /)", rtcore::def::F1(rtcore::types::iterators::next_or_stop)),
                $($m),*
            ];
            static DEF: rtcore::types::class::ClassDef = rtcore::types::class::ClassDef::new::<super::It>($name)
                .module("itertools")
                .like(&rtcore::types::object_::OBJECT, &super::infinite::COUNT)
                .methods(METHODS)
                .hooks(rtcore::types::class::Hooks {
                    iter: Some(rtcore::types::iterators::itself),
                    next: Some($next),
                    ..rtcore::types::class::Hooks::NONE
                });
            rtcore::types::class::Type::builtin(&DEF)
        };
    )* };
}
pub(crate) use iterators;
