//! Owns: what each name and attribute of a module is bound to by its text, as far as the text says it.
//! Never: evaluates a binding (`known` does), reports anything.

use crate::hir::visit::{bodies, exprs_of_stmt, own_stmts, pattern_places, target_names, targets};
use crate::hir::*;
use std::collections::{HashMap, HashSet};

/// One binding of a name or attribute, in the code body in which it stands.
#[derive(Clone, Copy, Debug)]
pub struct Bound<'a> {
    pub body: Parent,
    pub how: How<'a>,
}

#[derive(Clone, Copy, Debug)]
pub enum How<'a> {
    Value(ExprId),
    /// One element of the value, from the front.
    Part(ExprId, usize),
    /// What `with` hands out for the value.
    Entered(ExprId),
    Import(&'a Import),
    From(&'a ImportFrom, &'a PyName),
    Def(FnId),
    Class(ClassId),
    Annotated(ExprId),
    /// An annotation that is kept as text.
    Named(&'a str),
    Param(FnId, usize),
    Opaque,
}

/// The bindings of one module.
#[derive(Debug, Default)]
pub struct Facts<'a> {
    pub globals: HashMap<&'a str, Vec<Bound<'a>>>,
    pub locals: HashMap<(FnId, LocalId), Vec<Bound<'a>>>,
    pub class_names: HashMap<(ClassId, &'a str), Vec<Bound<'a>>>,
    /// `self.name = …` in the methods of a class.
    pub attributes: HashMap<(ClassId, &'a str), Vec<Bound<'a>>>,
    /// Names of attributes that are set on anything else than the first parameter of a method.
    pub foreign_attributes: HashSet<&'a str>,
    pub defs: HashMap<FnId, (Parent, &'a FnDef)>,
    pub class_defs: HashMap<ClassId, (Parent, &'a ClassDef)>,
    /// Every call, in the order of the text of its body.
    pub calls: Vec<(Parent, ExprId)>,
}

/// The first parameter of a function that stands directly in a class.
pub fn first_param<'m>(module: &'m Module, function: &Function) -> Option<(ClassId, &'m Param)> {
    let Parent::Class(class) = function.parent else { return None };
    let param = module.function(function.id).params.first()?;
    param.kind.is_positional().then_some((class, param))
}

pub fn collect(module: &Module) -> Facts<'_> {
    let mut facts = Facts::default();
    for function in &module.functions {
        for (at, param) in function.params.iter().enumerate() {
            let bound = Bound { body: Parent::Function(function.id), how: How::Param(function.id, at) };
            facts.locals.entry((function.id, param.local)).or_default().push(bound);
        }
    }
    for (body, block) in bodies(module) {
        let mut walk = Walk { module, body, facts: &mut facts };
        own_stmts(block, &mut |stmt| walk.stmt(stmt));
    }
    facts
}

struct Walk<'a, 'f> {
    module: &'a Module,
    body: Parent,
    facts: &'f mut Facts<'a>,
}

impl<'a> Walk<'a, '_> {
    fn stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::Assign { targets, value } => targets.iter().for_each(|target| self.assign(target, *value)),
            StmtKind::AnnAssign(made) => self.annotated(made),
            StmtKind::With(with) => {
                for item in &with.items {
                    match &item.target {
                        Some(Target { kind: TargetKind::Name(var), span: _ }) => self.bind(&var.place, How::Entered(item.context)),
                        Some(target) => self.opaque(target),
                        None => {}
                    }
                }
            }
            StmtKind::FunctionDef(def) => {
                self.facts.defs.insert(def.closure.function, (self.body, def));
                self.bind(&def.target, How::Def(def.closure.function));
            }
            StmtKind::ClassDef(def) => {
                self.facts.class_defs.insert(def.class, (self.body, def));
                self.bind(&def.target, How::Class(def.class));
            }
            StmtKind::Import(import) => self.bind(&import.target, How::Import(import)),
            StmtKind::ImportFrom(import) => {
                if let ImportNames::Names(names) = &import.names {
                    names.iter().for_each(|one| self.bind(&one.target, How::From(import, &one.name)));
                }
            }
            StmtKind::Try(made) => {
                for place in made.handlers.iter().filter_map(|handler| handler.name.as_ref()) {
                    self.bind(place, How::Opaque);
                }
            }
            StmtKind::Match { subject: _, cases } => {
                let mut places = Vec::new();
                cases.iter().for_each(|case| pattern_places(&case.pattern, &mut places));
                places.into_iter().for_each(|place| self.bind(place, How::Opaque));
            }
            StmtKind::TypeAlias(alias) => self.bind(&alias.target.place, How::Opaque),
            // `del` makes a name unknown as a binding would.
            StmtKind::AugAssign { .. } | StmtKind::For(_) | StmtKind::Delete(_) => targets(stmt).into_iter().for_each(|target| self.opaque(target)),
            StmtKind::Expr(_)
            | StmtKind::Return(_)
            | StmtKind::Raise { .. }
            | StmtKind::Assert { .. }
            | StmtKind::Pass
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::If { .. }
            | StmtKind::While { .. }
            | StmtKind::Unsupported(_) => {}
        }
        exprs_of_stmt(self.module, stmt, &mut |id, expr| self.expr(id, expr));
    }

    fn expr(&mut self, id: ExprId, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Walrus { target, value } => self.bind(target, How::Value(*value)),
            ExprKind::Call(_) => self.facts.calls.push((self.body, id)),
            ExprKind::Comprehension(made) => made.clauses.iter().for_each(|clause| self.opaque(&clause.target)),
            ExprKind::Const(_) | ExprKind::Name(_) | ExprKind::Unary { .. } | ExprKind::Binary { .. } | ExprKind::Bool { .. }
            | ExprKind::Compare { .. } | ExprKind::Conditional { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. }
            | ExprKind::Slice { .. } | ExprKind::Tuple(_) | ExprKind::List(_) | ExprKind::Set(_) | ExprKind::Dict(_) | ExprKind::FString(_)
            | ExprKind::Lambda(_) | ExprKind::Genexpr { .. } | ExprKind::Await(_) | ExprKind::Yield(_) | ExprKind::YieldFrom(_) => {}
        }
    }

    fn annotated(&mut self, made: &'a AnnAssign) {
        let TargetKind::Name(var) = &made.target.kind else {
            match made.value {
                Some(value) => self.assign(&made.target, value),
                None => self.opaque(&made.target),
            }
            return;
        };
        match (&made.annotation, made.value) {
            (AnnotationUse::Stored { name: _, value: AnnotationValue::Expr(annotation) }, _) => self.bind(&var.place, How::Annotated(*annotation)),
            (AnnotationUse::Stored { name: _, value: AnnotationValue::Text(text) }, _) => self.bind(&var.place, How::Named(text)),
            (AnnotationUse::Ignored | AnnotationUse::Evaluated(_), Some(value)) => self.bind(&var.place, How::Value(value)),
            // A bare annotation binds nothing.
            (AnnotationUse::Ignored | AnnotationUse::Evaluated(_), None) => {}
        }
    }

    fn assign(&mut self, target: &'a Target, value: ExprId) {
        match &target.kind {
            TargetKind::Name(var) => self.bind(&var.place, How::Value(value)),
            TargetKind::Attribute { object, name, name_span: _ } => self.attribute(*object, name, How::Value(value)),
            TargetKind::Unpack { before, star: None, after } if after.is_empty() => {
                for (at, part) in before.iter().enumerate() {
                    match &part.kind {
                        TargetKind::Name(var) => self.bind(&var.place, How::Part(value, at)),
                        TargetKind::Attribute { object, name, name_span: _ } => self.attribute(*object, name, How::Part(value, at)),
                        TargetKind::Subscript { .. } | TargetKind::Unpack { .. } => self.opaque(part),
                    }
                }
            }
            TargetKind::Unpack { .. } | TargetKind::Subscript { .. } => self.opaque(target),
        }
    }

    fn opaque(&mut self, target: &'a Target) {
        let mut names = Vec::new();
        target_names(target, &mut names);
        names.into_iter().for_each(|var| self.bind(&var.place, How::Opaque));
        self.attributes_inside(target);
    }

    fn attributes_inside(&mut self, target: &'a Target) {
        match &target.kind {
            TargetKind::Attribute { object, name, name_span: _ } => self.attribute(*object, name, How::Opaque),
            TargetKind::Unpack { before, star, after } => {
                before.iter().chain(star.iter().map(|star| &**star)).chain(after).for_each(|inner| self.attributes_inside(inner));
            }
            TargetKind::Name(_) | TargetKind::Subscript { .. } => {}
        }
    }

    fn attribute(&mut self, object: ExprId, name: &'a PyName, how: How<'a>) {
        let own = self.self_class(object);
        match own {
            Some(class) => self.facts.attributes.entry((class, name.as_str())).or_default().push(Bound { body: self.body, how }),
            None => {
                self.facts.foreign_attributes.insert(name.as_str());
            }
        }
    }

    /// The class whose instance the expression is because it is a method's first parameter.
    fn self_class(&self, object: ExprId) -> Option<ClassId> {
        let (Parent::Function(id), ExprKind::Name(var)) = (self.body, &self.module.expr(object).kind) else { return None };
        let (Place::Local(local) | Place::Cell(local)) = &var.place else { return None };
        let (class, param) = first_param(self.module, self.module.function(id))?;
        (param.local == *local).then_some(class)
    }

    fn bind(&mut self, place: &'a Place, how: How<'a>) {
        let bound = Bound { body: self.body, how };
        match place {
            Place::Global(name) | Place::Builtin(name) => self.facts.globals.entry(name.as_str()).or_default().push(bound),
            Place::ClassName(name) | Place::ClassOrFree(name, _) => {
                if let Parent::Class(class) = self.body {
                    self.facts.class_names.entry((class, name.as_str())).or_default().push(bound);
                }
            }
            Place::Local(local) | Place::Cell(local) => {
                if let Parent::Function(function) = self.body {
                    self.facts.locals.entry((function, *local)).or_default().push(bound);
                }
            }
            Place::Free(free) => {
                if let Some(owner) = owner(self.module, self.body, *free) {
                    self.facts.locals.entry(owner).or_default().push(bound);
                }
            }
        }
    }
}

/// The function's slot that a captured variable is.
pub fn owner(module: &Module, body: Parent, free: FreeId) -> Option<(FnId, LocalId)> {
    let (scope, mut outer) = match body {
        Parent::Module => return None,
        Parent::Class(class) => (&module.class(class).scope, module.class(class).parent),
        Parent::Function(function) => (&module.function(function).scope, module.function(function).parent),
    };
    let name = scope.frees.get(free.index())?;
    loop {
        match outer {
            Parent::Module => return None,
            Parent::Class(class) => outer = module.class(class).parent,
            Parent::Function(id) => {
                let function = module.function(id);
                let found = function.scope.locals.iter().position(|local| local.is_cell && local.name == *name);
                match found {
                    Some(at) => return Some((id, LocalId(at as u32))),
                    None => outer = function.parent,
                }
            }
        }
    }
}
