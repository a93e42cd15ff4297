//! Owns: walks over HIR: the bodies of a module, the statements of a body, the expressions inside a statement or an
//! expression. Whoever asks a question of all nodes asks it here, so that a new kind of node has one place to be told.
//! Never: changes it.

use super::*;

/// All statements of a module, functions and classes included, in the order of their bodies.
pub fn every_stmt<'m>(module: &'m Module, visit: &mut dyn FnMut(&'m Stmt)) {
    bodies(module).for_each(|(_, block)| own_stmts(block, visit));
}

/// The code bodies of a module with their statements.
pub fn bodies(module: &Module) -> impl Iterator<Item = (Parent, &Block)> {
    let classes = module.classes.iter().map(|class| (Parent::Class(class.id), &class.body));
    let functions = module.functions.iter().map(|function| (Parent::Function(function.id), &function.body));
    std::iter::once((Parent::Module, &module.body)).chain(classes).chain(functions)
}

/// The statements of one code body, nested blocks included, inner bodies not.
pub fn own_stmts<'b>(block: &'b Block, visit: &mut dyn FnMut(&'b Stmt)) {
    for stmt in block {
        visit(stmt);
        for inner in blocks(stmt) {
            own_stmts(inner, visit);
        }
    }
}

/// The blocks directly inside a statement.
pub fn blocks(stmt: &Stmt) -> Vec<&Block> {
    match &stmt.kind {
        StmtKind::If { test: _, then, orelse } => vec![then, orelse],
        StmtKind::While { test: _, body, orelse } => vec![body, orelse],
        StmtKind::For(s) => vec![&s.body, &s.orelse],
        StmtKind::With(s) => vec![&s.body],
        StmtKind::Try(s) => {
            let handlers = s.handlers.iter().map(|handler| &handler.body);
            std::iter::once(&s.body).chain(handlers).chain([&s.orelse, &s.finally]).collect()
        }
        StmtKind::Match { subject: _, cases } => cases.iter().map(|case| &case.body).collect(),
        StmtKind::Expr(_)
        | StmtKind::Assign { .. }
        | StmtKind::AugAssign { .. }
        | StmtKind::AnnAssign(_)
        | StmtKind::Return(_)
        | StmtKind::Raise { .. }
        | StmtKind::Assert { .. }
        | StmtKind::Delete(_)
        | StmtKind::Pass
        | StmtKind::Break
        | StmtKind::Continue
        | StmtKind::FunctionDef(_)
        | StmtKind::ClassDef(_)
        | StmtKind::Import(_)
        | StmtKind::ImportFrom(_)
        | StmtKind::TypeAlias(_)
        | StmtKind::Unsupported(_) => Vec::new(),
    }
}

/// The targets a statement itself binds (nested blocks and bodies not included).
pub fn targets(stmt: &Stmt) -> Vec<&Target> {
    match &stmt.kind {
        StmtKind::Assign { targets, value: _ } => targets.iter().collect(),
        StmtKind::AugAssign { target, .. } => vec![target],
        StmtKind::AnnAssign(s) => vec![&s.target],
        StmtKind::For(s) => vec![&s.target],
        StmtKind::With(s) => s.items.iter().filter_map(|item| item.target.as_ref()).collect(),
        StmtKind::Delete(targets) => targets.iter().collect(),
        StmtKind::Expr(_)
        | StmtKind::Return(_)
        | StmtKind::Raise { .. }
        | StmtKind::Assert { .. }
        | StmtKind::Pass
        | StmtKind::Break
        | StmtKind::Continue
        | StmtKind::If { .. }
        | StmtKind::While { .. }
        | StmtKind::Try(_)
        | StmtKind::Match { .. }
        | StmtKind::FunctionDef(_)
        | StmtKind::ClassDef(_)
        | StmtKind::Import(_)
        | StmtKind::ImportFrom(_)
        | StmtKind::TypeAlias(_)
        | StmtKind::Unsupported(_) => Vec::new(),
    }
}

/// The names a statement itself unbinds: those of `del`, and those of handlers, which end with them.
pub fn unbound(stmt: &Stmt) -> Vec<&Place> {
    match &stmt.kind {
        StmtKind::Delete(targets) => {
            let mut vars = Vec::new();
            targets.iter().for_each(|target| target_names(target, &mut vars));
            vars.into_iter().map(|var| &var.place).collect()
        }
        StmtKind::Try(s) => s.handlers.iter().filter_map(|handler| handler.name.as_ref()).collect(),
        StmtKind::Expr(_)
        | StmtKind::Assign { .. }
        | StmtKind::AugAssign { .. }
        | StmtKind::AnnAssign(_)
        | StmtKind::Return(_)
        | StmtKind::Raise { .. }
        | StmtKind::Assert { .. }
        | StmtKind::Pass
        | StmtKind::Break
        | StmtKind::Continue
        | StmtKind::If { .. }
        | StmtKind::While { .. }
        | StmtKind::For(_)
        | StmtKind::With(_)
        | StmtKind::Match { .. }
        | StmtKind::FunctionDef(_)
        | StmtKind::ClassDef(_)
        | StmtKind::Import(_)
        | StmtKind::ImportFrom(_)
        | StmtKind::TypeAlias(_)
        | StmtKind::Unsupported(_) => Vec::new(),
    }
}

/// The expressions a statement evaluates itself, in evaluation order; nested blocks not included.
pub fn stmt_exprs(stmt: &Stmt) -> Vec<ExprId> {
    let mut found = Vec::new();
    match &stmt.kind {
        StmtKind::Expr(value) => found.push(*value),
        StmtKind::Assign { targets, value } => {
            found.push(*value);
            targets.iter().for_each(|target| target_exprs(target, &mut found));
        }
        StmtKind::AugAssign { target, op: _, value } => {
            target_exprs(target, &mut found);
            found.push(*value);
        }
        StmtKind::AnnAssign(s) => {
            found.extend(s.value);
            target_exprs(&s.target, &mut found);
            match &s.annotation {
                AnnotationUse::Evaluated(value) => found.push(*value),
                AnnotationUse::Stored { name: _, value: AnnotationValue::Expr(value) } => found.push(*value),
                AnnotationUse::Stored { name: _, value: AnnotationValue::Text(_) } | AnnotationUse::Ignored => {}
            }
        }
        StmtKind::Return(value) => found.extend(*value),
        StmtKind::Raise { exc, cause } => {
            found.extend(*exc);
            found.extend(*cause);
        }
        StmtKind::Assert { test, message } => {
            found.push(*test);
            found.extend(*message);
        }
        StmtKind::Delete(targets) => targets.iter().for_each(|target| target_exprs(target, &mut found)),
        StmtKind::If { test, .. } | StmtKind::While { test, .. } => found.push(*test),
        StmtKind::For(s) => {
            found.push(s.iter);
            target_exprs(&s.target, &mut found);
        }
        StmtKind::With(s) => {
            for item in &s.items {
                found.push(item.context);
                if let Some(target) = &item.target {
                    target_exprs(target, &mut found);
                }
            }
        }
        StmtKind::Try(s) => found.extend(s.handlers.iter().filter_map(|handler| handler.kind)),
        StmtKind::Match { subject, cases } => {
            found.push(*subject);
            for case in cases {
                pattern_exprs(&case.pattern, &mut found);
                found.extend(case.guard);
            }
        }
        StmtKind::FunctionDef(def) => {
            found.extend(&def.decorators);
            found.extend(def.closure.defaults.iter().map(|(_, value)| *value));
            for (_, value) in &def.annotations {
                if let AnnotationValue::Expr(value) = value {
                    found.push(*value);
                }
            }
        }
        StmtKind::ClassDef(def) => {
            found.extend(&def.decorators);
            elements(&def.bases, &mut found);
            keywords(&def.keywords, &mut found);
        }
        StmtKind::Pass
        | StmtKind::Break
        | StmtKind::Continue
        | StmtKind::Import(_)
        | StmtKind::ImportFrom(_)
        | StmtKind::TypeAlias(_)
        | StmtKind::Unsupported(_) => {}
    }
    found
}

pub fn target_exprs(target: &Target, found: &mut Vec<ExprId>) {
    match &target.kind {
        TargetKind::Name(_) => {}
        TargetKind::Attribute { object, .. } => found.push(*object),
        TargetKind::Subscript { object, index, bracket_span: _ } => found.extend([*object, *index]),
        TargetKind::Unpack { before, star, after } => {
            let all = before.iter().chain(star.iter().map(|star| &**star)).chain(after);
            all.for_each(|inner| target_exprs(inner, found));
        }
    }
}

/// The plain names a target binds.
pub fn target_names<'t>(target: &'t Target, found: &mut Vec<&'t Var>) {
    match &target.kind {
        TargetKind::Name(var) => found.push(var),
        TargetKind::Attribute { .. } | TargetKind::Subscript { .. } => {}
        TargetKind::Unpack { before, star, after } => {
            let all = before.iter().chain(star.iter().map(|star| &**star)).chain(after);
            all.for_each(|inner| target_names(inner, found));
        }
    }
}

pub fn pattern_exprs(pattern: &Pattern, found: &mut Vec<ExprId>) {
    match &pattern.kind {
        PatternKind::Wildcard | PatternKind::Singleton(_) => {}
        PatternKind::Capture { target: _, pattern } => {
            if let Some(inner) = pattern {
                pattern_exprs(inner, found);
            }
        }
        PatternKind::Value(value) => found.push(*value),
        PatternKind::Sequence { before, star: _, after } => {
            before.iter().chain(after).for_each(|inner| pattern_exprs(inner, found));
        }
        PatternKind::Mapping { keys, rest: _ } => {
            found.extend(keys.iter().map(|(key, _)| *key));
            keys.iter().for_each(|(_, inner)| pattern_exprs(inner, found));
        }
        PatternKind::Class { class, positional, keywords } => {
            found.push(*class);
            let all = positional.iter().chain(keywords.iter().map(|(_, inner)| inner));
            all.for_each(|inner| pattern_exprs(inner, found));
        }
        PatternKind::Or(patterns) => patterns.iter().for_each(|inner| pattern_exprs(inner, found)),
    }
}

/// The names a pattern binds, left to right.
pub fn pattern_places<'p>(pattern: &'p Pattern, found: &mut Vec<&'p Place>) {
    match &pattern.kind {
        PatternKind::Wildcard | PatternKind::Singleton(_) | PatternKind::Value(_) => {}
        PatternKind::Capture { target, pattern } => {
            if let Some(inner) = pattern {
                pattern_places(inner, found);
            }
            found.push(target);
        }
        PatternKind::Sequence { before, star, after } => {
            before.iter().for_each(|inner| pattern_places(inner, found));
            found.extend(star.iter().filter_map(|star| star.target.as_ref()));
            after.iter().for_each(|inner| pattern_places(inner, found));
        }
        PatternKind::Mapping { keys, rest } => {
            keys.iter().for_each(|(_, inner)| pattern_places(inner, found));
            found.extend(rest);
        }
        PatternKind::Class { class: _, positional, keywords } => {
            let all = positional.iter().chain(keywords.iter().map(|(_, inner)| inner));
            all.for_each(|inner| pattern_places(inner, found));
        }
        // Every alternative binds the same names, each in its own way.
        PatternKind::Or(patterns) => patterns.iter().for_each(|inner| pattern_places(inner, found)),
    }
}

fn elements(all: &[Element], found: &mut Vec<ExprId>) {
    for element in all {
        match element {
            Element::Item(value) | Element::Star(value) => found.push(*value),
        }
    }
}

fn keywords(all: &[Keyword], found: &mut Vec<ExprId>) {
    for keyword in all {
        match keyword {
            Keyword::Named { value, .. } | Keyword::Unpack(value) => found.push(*value),
        }
    }
}

fn parts(all: &[FPart], found: &mut Vec<ExprId>) {
    for part in all {
        match part {
            FPart::Lit(_) | FPart::LitPoints(_) => {}
            FPart::Value { value, conversion: _, spec } => {
                found.push(*value);
                if let Some(spec) = spec {
                    parts(spec, found);
                }
            }
        }
    }
}

/// The direct sub-expressions, in evaluation order. Bodies of functions are not entered.
pub fn children(kind: &ExprKind) -> Vec<ExprId> {
    let mut found = Vec::new();
    match kind {
        ExprKind::Const(_) | ExprKind::Name(_) => {}
        ExprKind::Walrus { target: _, value } => found.push(*value),
        ExprKind::Unary { op: _, operand } => found.push(*operand),
        ExprKind::Binary { op: _, left, right, op_span: _ } => found.extend([*left, *right]),
        ExprKind::Bool { op: _, values } => found.extend(values),
        ExprKind::Compare { first, rest } => {
            found.push(*first);
            found.extend(rest.iter().map(|(_, value)| *value));
        }
        ExprKind::Conditional { test, then, orelse } => found.extend([*test, *then, *orelse]),
        ExprKind::Call(call) => {
            found.push(call.callee);
            elements(&call.args, &mut found);
            keywords(&call.keywords, &mut found);
        }
        ExprKind::Attribute { object, .. } => found.push(*object),
        ExprKind::Subscript { object, index, bracket_span: _ } => found.extend([*object, *index]),
        ExprKind::Slice { lower, upper, step } => found.extend([lower, upper, step].into_iter().flatten()),
        ExprKind::Tuple(all) | ExprKind::List(all) | ExprKind::Set(all) => elements(all, &mut found),
        ExprKind::Dict(items) => {
            for item in items {
                match item {
                    DictItem::Pair(key, value) => found.extend([*key, *value]),
                    DictItem::Unpack(value) => found.push(*value),
                }
            }
        }
        ExprKind::FString(all) => parts(all, &mut found),
        ExprKind::Lambda(closure) => found.extend(closure.defaults.iter().map(|(_, value)| *value)),
        ExprKind::Genexpr { closure: _, first, async_first: _ } => found.push(*first),
        ExprKind::Comprehension(comprehension) => {
            for clause in &comprehension.clauses {
                found.push(clause.iter);
                target_exprs(&clause.target, &mut found);
                found.extend(&clause.ifs);
            }
            match comprehension.kind {
                ComprehensionKind::List(value) | ComprehensionKind::Set(value) => found.push(value),
                ComprehensionKind::Dict(key, value) => found.extend([key, value]),
            }
        }
        ExprKind::Await(value) | ExprKind::YieldFrom(value) => found.push(*value),
        ExprKind::Yield(value) => found.extend(*value),
    }
    found
}

/// An expression and all below it, parents before children.
pub fn every_expr<'m>(module: &'m Module, id: ExprId, visit: &mut dyn FnMut(ExprId, &'m Expr)) {
    let expr = module.expr(id);
    visit(id, expr);
    for child in children(&expr.kind) {
        every_expr(module, child, visit);
    }
}

/// What a statement evaluates itself, with all below it.
pub fn exprs_of_stmt<'m>(module: &'m Module, stmt: &Stmt, visit: &mut dyn FnMut(ExprId, &'m Expr)) {
    stmt_exprs(stmt).into_iter().for_each(|id| every_expr(module, id, visit));
}

/// What the statements of one code body evaluate, those of nested blocks too, in the order of the text.
pub fn own_exprs<'m>(module: &'m Module, block: &Block, visit: &mut dyn FnMut(ExprId, &'m Expr)) {
    own_stmts(block, &mut |stmt| exprs_of_stmt(module, stmt, visit));
}
