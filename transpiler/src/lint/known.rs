//! Owns: what an expression of the program stands for, as far as its text tells: a module, a function, a class, an
//! object of a known class.
//! Never: guesses. A name with two different bindings, a decorated function, an attribute that others set are unknown.

use super::facts::{self, Bound, Facts, How, first_param, owner};
use super::{params, table};
use crate::hir::visit::own_stmts;
use crate::hir::*;
use crate::source::{SourceMap, Span};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// What stands outside the program has a dotted path, `asyncio.Lock.acquire`; what stands inside has a module's index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Thing {
    Module(usize),
    /// A module, function, class or method of this path.
    Foreign(Rc<str>),
    Object(Rc<str>),
    Function(usize, FnId),
    /// A function bound to an object.
    Method(usize, FnId),
    Class(usize, ClassId),
    Instance(usize, ClassId),
    /// `super()` in a method of the class.
    Super(usize, ClassId),
    None,
}

/// What decorators leave of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapping {
    /// Calling it runs its body.
    Plain,
    Static,
    ClassMethod,
    Property,
    /// Its body is run by `with`.
    Context,
    Unknown,
}

pub struct Known<'a> {
    sources: &'a SourceMap,
    pub modules: Vec<(&'a Module, Facts<'a>)>,
    by_name: HashMap<&'a str, usize>,
    memo: RefCell<HashMap<(usize, ExprId), Option<Thing>>>,
    /// By the place where a name's bindings lie; imports go round in circles.
    names: RefCell<HashMap<*const Bound<'a>, Option<Thing>>>,
    /// What every call returns; recursion is unknown.
    returns: RefCell<HashMap<(usize, FnId), Option<Thing>>>,
    /// What parameters are, where all calls of the function agree.
    params: HashMap<(usize, FnId, usize), Thing>,
}

/// No program's names lead further than this; what leads in a circle is unknown.
const MAX_BASES: usize = 16;
const LONGEST_TEXT: usize = 60;
const ROUNDS: usize = 3;

impl<'a> Known<'a> {
    pub fn new(modules: &[&'a Module], sources: &'a SourceMap) -> Self {
        let by_name = modules.iter().enumerate().map(|(at, module)| (module.name.as_str(), at)).collect();
        let modules: Vec<_> = modules.iter().map(|module| (*module, facts::collect(module))).collect();
        let mut known = Self { sources, modules, by_name, memo: RefCell::default(), names: RefCell::default(), returns: RefCell::default(), params: HashMap::new() };
        // What one call hands over another one may hand on.
        for _ in 0..ROUNDS {
            let found = params::infer(&known);
            if found == known.params {
                break;
            }
            known.params = found;
            known.memo.borrow_mut().clear();
            known.names.borrow_mut().clear();
            known.returns.borrow_mut().clear();
        }
        known
    }

    pub fn module(&self, at: usize) -> &'a Module {
        self.modules[at].0
    }

    pub fn function(&self, at: usize, id: FnId) -> &'a Function {
        self.module(at).function(id)
    }

    /// An expression as the program writes it, or the name that it ends with.
    pub fn text(&self, at: usize, id: ExprId) -> String {
        let Expr { kind, span } = self.module(at).expr(id);
        let text = self.sources.get(span.file).map_or("", |file| file.slice(*span));
        if let ExprKind::Attribute { object: _, name, name_span: _ } = kind
            && (text.contains('\n') || text.chars().count() > LONGEST_TEXT)
        {
            return name.to_string();
        }
        text.to_owned()
    }

    /// The line break ends what a mark under a compound statement covers.
    pub fn first_line(&self, span: Span) -> Span {
        let text = self.sources.get(span.file).map_or("", |file| file.slice(span));
        let end = text.find('\n').map_or(span.end, |length| span.start + length as u32);
        Span { end, ..span }
    }

    pub fn eval(&self, at: usize, body: Parent, id: ExprId) -> Option<Thing> {
        if let Some(known) = self.memo.borrow().get(&(at, id)) {
            return known.clone();
        }
        self.memo.borrow_mut().insert((at, id), None);
        let thing = self.find(at, body, id);
        self.memo.borrow_mut().insert((at, id), thing.clone());
        thing
    }

    fn find(&self, at: usize, body: Parent, id: ExprId) -> Option<Thing> {
        match &self.module(at).expr(id).kind {
            ExprKind::Const(Const::None) => Some(Thing::None),
            ExprKind::Name(var) => self.name(at, body, &var.place),
            ExprKind::Attribute { object, name, name_span: _ } => self.member(&self.eval(at, body, *object)?, name.as_str()),
            ExprKind::Walrus { target: _, value } => self.eval(at, body, *value),
            ExprKind::Call(call) => self.made(at, body, call),
            ExprKind::Lambda(closure) => Some(Thing::Function(at, closure.function)),
            ExprKind::Await(operand) => match self.awaited(at, body, *operand) {
                Some(classes) => classes.first().map(|class| Thing::Object((*class).into())),
                None => {
                    let ExprKind::Call(call) = &self.module(at).expr(*operand).kind else { return None };
                    let (home, function, _) = self.callable(&self.eval(at, body, call.callee)?)?;
                    self.returned(home, function, FnKind::Coroutine)
                }
            },
            ExprKind::Const(_) | ExprKind::Unary { .. } | ExprKind::Binary { .. } | ExprKind::Bool { .. } | ExprKind::Compare { .. }
            | ExprKind::Conditional { .. } | ExprKind::Subscript { .. } | ExprKind::Slice { .. } | ExprKind::Tuple(_) | ExprKind::List(_)
            | ExprKind::Set(_) | ExprKind::Dict(_) | ExprKind::FString(_) | ExprKind::Genexpr { .. } | ExprKind::Comprehension(_)
            | ExprKind::Yield(_) | ExprKind::YieldFrom(_) => None,
        }
    }

    fn name(&self, at: usize, body: Parent, place: &Place) -> Option<Thing> {
        let (module, facts) = &self.modules[at];
        let bounds = match place {
            Place::Global(name) => facts.globals.get(name.as_str()),
            Place::Builtin(name) if module.has_star_import || facts.globals.contains_key(name.as_str()) => return None,
            Place::Builtin(name) => return Some(Thing::Foreign(format!("builtins.{name}").into())),
            Place::Local(local) | Place::Cell(local) => {
                let Parent::Function(function) = body else { return None };
                facts.locals.get(&(function, *local))
            }
            Place::Free(free) => facts.locals.get(&owner(module, body, *free)?),
            Place::ClassName(name) => {
                let Parent::Class(class) = body else { return None };
                let own = facts.class_names.get(&(class, name.as_str()));
                match own {
                    Some(_) => own,
                    None if facts.globals.contains_key(name.as_str()) => facts.globals.get(name.as_str()),
                    None => return self.name(at, body, &Place::Builtin(name.clone())),
                }
            }
            Place::ClassOrFree(_, _) => return None,
        };
        self.agreed(at, bounds?)
    }

    /// What all bindings of a name say; `None` beside something else is a name that is not set yet.
    fn agreed(&self, at: usize, bounds: &[Bound<'a>]) -> Option<Thing> {
        let key = bounds.as_ptr();
        if let Some(known) = self.names.borrow().get(&key) {
            return known.clone();
        }
        self.names.borrow_mut().insert(key, None);
        let said = self.said(at, bounds);
        self.names.borrow_mut().insert(key, said.clone());
        said
    }

    fn said(&self, at: usize, bounds: &[Bound<'a>]) -> Option<Thing> {
        let mut said = None;
        for bound in bounds {
            let thing = self.bound(at, bound)?;
            match &said {
                None | Some(Thing::None) => said = Some(thing),
                Some(_) if thing == Thing::None => {}
                Some(other) if *other == thing => {}
                Some(_) => return None,
            }
        }
        said
    }

    fn bound(&self, at: usize, bound: &Bound<'a>) -> Option<Thing> {
        let body = bound.body;
        match bound.how {
            How::Value(value) => self.eval(at, body, value),
            How::Part(value, index) => {
                let ExprKind::Await(operand) = &self.module(at).expr(value).kind else { return None };
                self.awaited(at, body, *operand)?.get(index).map(|class| Thing::Object((*class).into()))
            }
            How::Entered(context) => match self.eval(at, body, context)? {
                object @ Thing::Object(_) => Some(object),
                object @ Thing::Instance(home, class) => self.enters_itself(home, class).then_some(object),
                Thing::Module(_) | Thing::Foreign(_) | Thing::Function(..) | Thing::Method(..) | Thing::Class(..) | Thing::Super(..) | Thing::None => None,
            },
            How::Import(import) => {
                let path = import.module.as_str();
                let path = if import.has_alias { path } else { path.split('.').next().unwrap_or(path) };
                Some(self.imported(path))
            }
            How::From(import, name) => {
                let base = import.absolute.as_ref()?;
                self.member(&self.imported(base.as_str()), name.as_str())
            }
            How::Def(function) => Some(Thing::Function(at, function)),
            How::Class(class) => Some(Thing::Class(at, class)),
            How::Annotated(annotation) => self.annotation(at, body, annotation),
            How::Named(text) => self.named(at, text),
            How::Param(function, index) => self.param(at, function, index),
            How::Opaque => None,
        }
    }

    fn imported(&self, path: &str) -> Thing {
        match self.by_name.get(path) {
            Some(module) => Thing::Module(*module),
            None => Thing::Foreign(table::canonical(path)),
        }
    }

    fn param(&self, at: usize, id: FnId, index: usize) -> Option<Thing> {
        let (module, facts) = &self.modules[at];
        let function = module.function(id);
        if index == 0
            && let Some((class, _)) = first_param(module, function)
        {
            if matches!(function.name.as_str(), "__new__" | "__init_subclass__" | "__class_getitem__") {
                return Some(Thing::Class(at, class));
            }
            match self.wrapping(at, id) {
                Wrapping::ClassMethod => return Some(Thing::Class(at, class)),
                Wrapping::Plain | Wrapping::Property | Wrapping::Context | Wrapping::Unknown => return Some(Thing::Instance(at, class)),
                Wrapping::Static => {}
            }
        }
        let (body, def) = facts.defs.get(&id)?;
        let param = function.params.get(index)?;
        if param.kind.is_variadic() {
            return None;
        }
        match def.annotations.iter().find(|(name, _)| *name == param.name) {
            Some((_, AnnotationValue::Expr(annotation))) => self.annotation(at, *body, *annotation),
            Some((_, AnnotationValue::Text(text))) => self.named(at, text),
            None => self.params.get(&(at, id, index)).cloned(),
        }
    }

    /// An object of the class that an annotation names: `Lock`, `Lock | None`, `Optional[Lock]`, `Queue[int]`.
    fn annotation(&self, at: usize, body: Parent, id: ExprId) -> Option<Thing> {
        match &self.module(at).expr(id).kind {
            ExprKind::Const(Const::Str(text)) => self.named(at, text),
            ExprKind::Subscript { object, index, bracket_span: _ } => {
                let generic = self.eval(at, body, *object)?;
                let optional = matches!(&generic, Thing::Foreign(path) if &**path == "typing.Optional");
                if optional { self.annotation(at, body, *index) } else { self.instance(&generic) }
            }
            ExprKind::Binary { op: BinOp::Or, left, right, op_span: _ } => match self.eval(at, body, *right) {
                Some(Thing::None) => self.annotation(at, body, *left),
                Some(_) | None => None,
            },
            ExprKind::Const(_) | ExprKind::Name(_) | ExprKind::Walrus { .. } | ExprKind::Unary { .. } | ExprKind::Binary { .. }
            | ExprKind::Bool { .. } | ExprKind::Compare { .. } | ExprKind::Conditional { .. } | ExprKind::Call(_)
            | ExprKind::Attribute { .. } | ExprKind::Slice { .. } | ExprKind::Tuple(_) | ExprKind::List(_) | ExprKind::Set(_)
            | ExprKind::Dict(_) | ExprKind::FString(_) | ExprKind::Lambda(_) | ExprKind::Genexpr { .. } | ExprKind::Comprehension(_)
            | ExprKind::Await(_) | ExprKind::Yield(_) | ExprKind::YieldFrom(_) => self.instance(&self.eval(at, body, id)?),
        }
    }

    /// The same for an annotation that is a text: `"Lock"`, `asyncio.Queue[int] | None`.
    fn named(&self, at: usize, text: &str) -> Option<Thing> {
        let text = text.trim_matches(['\'', '"', ' ']);
        let text = text.strip_suffix("| None").map_or(text, str::trim_end);
        let text = text.strip_prefix("Optional[").and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
        let name = text.split_once('[').filter(|(_, rest)| rest.ends_with(']')).map_or(text, |(name, _)| name);
        let mut parts = name.split('.');
        let first = self.agreed(at, self.modules[at].1.globals.get(parts.next()?)?)?;
        let class = parts.try_fold(first, |thing, part| self.member(&thing, part))?;
        self.instance(&class)
    }

    /// What calling a class gives.
    fn instance(&self, class: &Thing) -> Option<Thing> {
        match class {
            Thing::Class(home, class) => Some(Thing::Instance(*home, *class)),
            Thing::Foreign(path) => {
                let last = path.rsplit('.').next().unwrap_or(path);
                last.starts_with(|c: char| c.is_ascii_uppercase()).then(|| Thing::Object(path.clone()))
            }
            Thing::Module(_) | Thing::Object(_) | Thing::Function(..) | Thing::Method(..) | Thing::Instance(..) | Thing::Super(..) | Thing::None => None,
        }
    }

    fn made(&self, at: usize, body: Parent, call: &Call) -> Option<Thing> {
        let callee = self.eval(at, body, call.callee)?;
        if let Some((home, function, _)) = self.callable(&callee) {
            return self.returned(home, function, FnKind::Sync);
        }
        let Thing::Foreign(path) = &callee else { return self.instance(&callee) };
        if &**path == "builtins.super" && call.zero_super.is_some() {
            return self.class_around(at, body).map(|class| Thing::Super(at, class));
        }
        if &**path == "functools.partial"
            && let Some(Element::Item(first)) = call.args.first()
        {
            return self.eval(at, body, *first);
        }
        match table::MAKES.iter().find(|row| row.0 == &**path) {
            Some((_, class)) => Some(Thing::Object((*class).into())),
            None => self.instance(&callee),
        }
    }

    /// What all `return`s of a function agree on.
    fn returned(&self, home: usize, id: FnId, kind: FnKind) -> Option<Thing> {
        let function = self.function(home, id);
        if function.kind != kind {
            return None;
        }
        if let Some(known) = self.returns.borrow().get(&(home, id)) {
            return known.clone();
        }
        self.returns.borrow_mut().insert((home, id), None);
        let mut values = Vec::new();
        own_stmts(&function.body, &mut |stmt| {
            if let StmtKind::Return(Some(value)) = &stmt.kind {
                values.push(Bound { body: Parent::Function(id), how: How::Value(*value) });
            }
        });
        let thing = self.said(home, &values);
        self.returns.borrow_mut().insert((home, id), thing.clone());
        thing
    }

    fn class_around(&self, at: usize, body: Parent) -> Option<ClassId> {
        match body {
            Parent::Module => None,
            Parent::Class(class) => Some(class),
            Parent::Function(function) => self.class_around(at, self.function(at, function).parent),
        }
    }

    /// The classes of what waiting for the operand gives; several for a tuple.
    fn awaited(&self, at: usize, body: Parent, operand: ExprId) -> Option<&'static [&'static str]> {
        let ExprKind::Call(call) = &self.module(at).expr(operand).kind else { return None };
        let Some(Thing::Foreign(path)) = self.eval(at, body, call.callee) else { return None };
        match call.args.first() {
            Some(Element::Item(first)) if matches!(&*path, "asyncio.wait_for" | "asyncio.shield") => self.awaited(at, body, *first),
            Some(_) | None => table::AWAITED.iter().find(|row| row.0 == &*path).map(|row| row.1),
        }
    }

    fn enters_itself(&self, home: usize, class: ClassId) -> bool {
        ["__enter__", "__aenter__"].iter().any(|name| {
            let Some(Thing::Method(home, function)) = self.member(&Thing::Instance(home, class), name) else { return false };
            let function = self.function(home, function);
            let Some(StmtKind::Return(Some(value))) = function.body.last().map(|stmt| &stmt.kind) else { return false };
            let ExprKind::Name(Var { place: Place::Local(local) | Place::Cell(local), bound: _ }) = &self.module(home).expr(*value).kind else { return false };
            function.params.first().is_some_and(|first| first.local == *local)
        })
    }

    pub fn member(&self, thing: &Thing, name: &str) -> Option<Thing> {
        match thing {
            Thing::Module(home) => {
                let (module, facts) = &self.modules[*home];
                match facts.globals.get(name) {
                    Some(bounds) => self.agreed(*home, bounds),
                    None => self.by_name.get(format!("{}.{name}", module.name).as_str()).map(|module| Thing::Module(*module)),
                }
            }
            // `import a.b` names a part of the program through its package, which may have no text of its own.
            Thing::Foreign(path) => Some(self.imported(&format!("{path}.{name}"))),
            Thing::Object(path) => {
                let full = format!("{path}.{name}");
                match table::ATTRIBUTES.iter().find(|row| row.0 == full) {
                    Some((_, class)) => Some(Thing::Object((*class).into())),
                    None => Some(Thing::Foreign(full.into())),
                }
            }
            Thing::Class(home, class) => self.of_class(*home, *class, name, false, 0),
            Thing::Instance(home, class) => self.of_class(*home, *class, name, true, 0),
            Thing::Super(home, class) => self.of_bases(*home, *class, name, true, 0),
            Thing::Function(..) | Thing::Method(..) | Thing::None => None,
        }
    }

    fn of_class(&self, home: usize, class: ClassId, name: &str, bound: bool, depth: usize) -> Option<Thing> {
        if depth > MAX_BASES || self.modules.iter().any(|(_, facts)| facts.foreign_attributes.contains(name)) {
            return None;
        }
        let facts = &self.modules[home].1;
        let of_object = facts.attributes.get(&(class, name)).filter(|_| bound);
        let of_class = facts.class_names.get(&(class, name));
        let found = match (of_object, of_class) {
            (None, None) => return self.of_bases(home, class, name, bound, depth),
            (Some(bounds), None) | (None, Some(bounds)) => self.agreed(home, bounds)?,
            (Some(own), Some(general)) => {
                let all: Vec<_> = own.iter().chain(general).copied().collect();
                self.said(home, &all)?
            }
        };
        match (&found, of_class) {
            (Thing::Function(at, function), Some(_)) => match self.wrapping(*at, *function) {
                Wrapping::Static => Some(found),
                Wrapping::ClassMethod => Some(Thing::Method(*at, *function)),
                Wrapping::Plain | Wrapping::Context if bound => Some(Thing::Method(*at, *function)),
                Wrapping::Plain | Wrapping::Context => Some(found),
                Wrapping::Property | Wrapping::Unknown => None,
            },
            (_, _) => Some(found),
        }
    }

    fn of_bases(&self, home: usize, class: ClassId, name: &str, bound: bool, depth: usize) -> Option<Thing> {
        let (body, def) = self.modules[home].1.class_defs.get(&class)?;
        for base in &def.bases {
            let Element::Item(base) = base else { return None };
            let base = if let ExprKind::Subscript { object, .. } = &self.module(home).expr(*base).kind { *object } else { *base };
            match self.eval(home, *body, base)? {
                Thing::Class(at, base) => {
                    let found = self.of_class(at, base, name, bound, depth + 1);
                    if found.is_some() {
                        return found;
                    }
                }
                Thing::Foreign(path) if table::BARE_BASES.contains(&&*path) => {}
                Thing::Foreign(path) => return Some(Thing::Foreign(format!("{path}.{name}").into())),
                Thing::Module(_) | Thing::Object(_) | Thing::Function(..) | Thing::Method(..) | Thing::Instance(..) | Thing::Super(..) | Thing::None => return None,
            }
        }
        None
    }

    /// The `def` of this name in an object's class or its bases, whatever its decorators.
    pub fn definition(&self, object: &Thing, name: &str) -> Option<(usize, FnId)> {
        let (Thing::Instance(home, class) | Thing::Class(home, class)) = object else { return None };
        self.defined(*home, *class, name, 0)
    }

    fn defined(&self, home: usize, class: ClassId, name: &str, depth: usize) -> Option<(usize, FnId)> {
        let facts = &self.modules[home].1;
        if depth > MAX_BASES || facts.attributes.contains_key(&(class, name)) {
            return None;
        }
        if let Some(bounds) = facts.class_names.get(&(class, name)) {
            let [Bound { body: _, how: How::Def(function) }] = bounds.as_slice() else { return None };
            return Some((home, *function));
        }
        let (body, def) = facts.class_defs.get(&class)?;
        def.bases.iter().find_map(|base| match base {
            Element::Item(base) => match self.eval(home, *body, *base) {
                Some(Thing::Class(at, base)) => self.defined(at, base, name, depth + 1),
                Some(_) | None => None,
            },
            Element::Star(_) => None,
        })
    }

    /// What is left of a function behind its decorators.
    pub fn wrapping(&self, at: usize, id: FnId) -> Wrapping {
        let Some((body, def)) = self.modules[at].1.defs.get(&id) else { return Wrapping::Plain };
        let mut wrapping = Wrapping::Plain;
        for decorator in &def.decorators {
            let named = if let ExprKind::Call(call) = &self.module(at).expr(*decorator).kind { call.callee } else { *decorator };
            let Some(Thing::Foreign(path)) = self.eval(at, *body, named) else { return Wrapping::Unknown };
            wrapping = match &*path {
                "builtins.staticmethod" => Wrapping::Static,
                "builtins.classmethod" => Wrapping::ClassMethod,
                "builtins.property" | "functools.cached_property" => Wrapping::Property,
                "contextlib.contextmanager" | "contextlib.asynccontextmanager" => Wrapping::Context,
                path if table::HARMLESS_DECORATORS.contains(&path) => wrapping,
                _ => return Wrapping::Unknown,
            };
        }
        wrapping
    }

    /// The function of the program whose code calling the thing is about, and whether the call gives its first argument.
    pub fn callable(&self, thing: &Thing) -> Option<(usize, FnId, bool)> {
        let (at, id, bound) = match thing {
            Thing::Function(at, id) => (*at, *id, false),
            Thing::Method(at, id) => (*at, *id, true),
            Thing::Module(_) | Thing::Foreign(_) | Thing::Object(_) | Thing::Class(..) | Thing::Instance(..) | Thing::Super(..) | Thing::None => return None,
        };
        match self.wrapping(at, id) {
            Wrapping::Plain | Wrapping::Static | Wrapping::ClassMethod => Some((at, id, bound)),
            Wrapping::Property | Wrapping::Context | Wrapping::Unknown => None,
        }
    }
}
