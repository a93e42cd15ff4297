//! Owns: what keeps rustc silent: code after a jump, unused labels, needless `mut`, names nobody reads.
//! Never: changes what the program does.

use crate::rir::visit::{self, Child};
use crate::rir::{Block, Expr, File, Function, Item, Label, Pat, RustIdent, Stmt};
use std::collections::{BTreeMap, BTreeSet};

/// Which ways other than falling through or raising leave a `Flow` block.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flows {
    pub returns: bool,
    pub breaks: bool,
    pub continues: bool,
}

pub(super) fn flows(block: &Block, label: &Label) -> Flows {
    let mut found = Flows::default();
    let mut copy = block.clone();
    walk_block(&mut copy, &mut |e| {
        if let Expr::Break { label: Some(l), value: Some(v) } = e
            && l == label
        {
            match &**v {
                Expr::Rt("Flow::Break") => found.breaks = true,
                Expr::Rt("Flow::Continue") => found.continues = true,
                Expr::Call { func, .. } if matches!(&**func, Expr::Rt("Flow::Return")) => found.returns = true,
                Expr::Local(_) | Expr::Rt(_) | Expr::Path(_) | Expr::Site(_) | Expr::Str(_) | Expr::Bytes(_) | Expr::Int(_) | Expr::Float(_)
                | Expr::Bool(_) | Expr::Unit | Expr::StrConst(_) | Expr::Cache | Expr::Call { .. } | Expr::Method { .. } | Expr::Ref(_)
                | Expr::RefMut(_) | Expr::Deref(_) | Expr::Array(_) | Expr::Vec(_) | Expr::Tuple(_) | Expr::Try(_) | Expr::Await(_)
                | Expr::Closure { .. } | Expr::If { .. } | Expr::Block(_) | Expr::Labelled { .. } | Expr::AsyncBlock(_) | Expr::Match { .. }
                | Expr::Let { .. } | Expr::Not(_) | Expr::Neg(_) | Expr::Binary { .. } | Expr::Field { .. } | Expr::Index { .. }
                | Expr::Cast { .. } | Expr::Range { .. } | Expr::Break { .. } | Expr::Continue { .. } | Expr::Return(_) => {}
            }
        }
    });
    found
}

/// Calls `f` on every expression below a block, nested items left out.
fn walk_block(block: &mut Block, f: &mut dyn FnMut(&mut Expr)) {
    for stmt in &mut block.stmts {
        walk_stmt(stmt, f);
    }
    if let Some(tail) = &mut block.tail {
        walk_expr(tail, f);
    }
}

fn walk_stmt(stmt: &mut Stmt, f: &mut dyn FnMut(&mut Expr)) {
    visit::each_in_stmt(stmt, &mut |child| match child {
        Child::Expr(e) => walk_expr(e, f),
        Child::Block(b) => walk_block(b, f),
    });
}

fn walk_expr(expr: &mut Expr, f: &mut dyn FnMut(&mut Expr)) {
    f(expr);
    visit::each_child(expr, &mut |child| match child {
        Child::Expr(e) => walk_expr(e, f),
        Child::Block(b) => walk_block(b, f),
    });
}

pub(super) fn file(file: &mut File) {
    for item in file.items.iter_mut().chain(&mut file.tail) {
        tidy_item(item);
    }
}

fn tidy_item(item: &mut Item) {
    match item {
        Item::Function(function) => tidy_function(function),
        Item::Impl { name: _, items } | Item::Mod { public: _, doc: _, name: _, items } => items.iter_mut().for_each(tidy_item),
        Item::Static { .. } | Item::Const { .. } | Item::Struct { .. } => {}
    }
}

fn tidy_function(function: &mut Function) {
    prune_block(&mut function.body);
    labels(&mut function.body);
    names(function);
    nested_items(&mut function.body);
    final_return(&mut function.body);
}

/// `return x` as the last thing of the body is its value.
fn final_return(body: &mut Block) {
    if body.tail.is_some() {
        return;
    }
    let lines = body.stmts.iter().rev().take_while(|s| matches!(s, Stmt::Line(_))).count();
    let at = body.stmts.len() - lines;
    if at == 0 {
        return;
    }
    if let Some(Stmt::Expr(Expr::Return(Some(value)))) = body.stmts.get(at - 1) {
        let value = value.clone();
        body.stmts.remove(at - 1);
        body.tail = Some(value);
    }
}

fn nested_items(block: &mut Block) {
    for stmt in &mut block.stmts {
        if let Stmt::Item(item) = stmt {
            tidy_item(item);
            continue;
        }
        visit::each_in_stmt(stmt, &mut |child| match child {
            Child::Expr(e) => nested_in_expr(e),
            Child::Block(b) => nested_items(b),
        });
    }
    if let Some(tail) = &mut block.tail {
        nested_in_expr(tail);
    }
}

fn nested_in_expr(expr: &mut Expr) {
    visit::each_child(expr, &mut |child| match child {
        Child::Expr(e) => nested_in_expr(e),
        Child::Block(b) => nested_items(b),
    });
}

/// Cuts what stands behind a statement that never falls through; comments stay.
fn prune_block(block: &mut Block) {
    let mut dead = false;
    let stmts = std::mem::take(&mut block.stmts);
    for mut stmt in stmts {
        if dead {
            if matches!(stmt, Stmt::Line(_)) {
                block.stmts.push(stmt);
            }
            continue;
        }
        prune_stmt(&mut stmt);
        dead = stmt_diverges(&stmt);
        block.stmts.push(stmt);
    }
    if dead {
        block.tail = None;
    } else if let Some(tail) = &mut block.tail {
        prune_expr(tail);
    }
}

fn prune_stmt(stmt: &mut Stmt) {
    // A statement ends its temporaries itself.
    if let Stmt::Expr(e) | Stmt::Let { value: Some(e), .. } = stmt
        && let Expr::Block(Block { stmts, tail: Some(tail) }) = e
        && stmts.is_empty()
        && matches!(**tail, Expr::Try(_))
    {
        *e = std::mem::replace(&mut **tail, Expr::Unit);
    }
    visit::each_in_stmt(stmt, &mut |child| match child {
        Child::Expr(e) => prune_expr(e),
        Child::Block(b) => prune_block(b),
    });
}

fn prune_expr(expr: &mut Expr) {
    visit::each_child(expr, &mut |child| match child {
        Child::Expr(e) => prune_expr(e),
        Child::Block(b) => prune_block(b),
    });
}

fn block_diverges(block: &Block) -> bool {
    block.stmts.iter().any(stmt_diverges) || block.tail.as_ref().is_some_and(|t| diverges(t))
}

fn stmt_diverges(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Line(_) | Stmt::Item(_) | Stmt::While { .. } | Stmt::For { .. } => false,
        Stmt::Let { value, .. } => value.as_ref().is_some_and(diverges),
        Stmt::Assign { place: _, value } => diverges(value),
        Stmt::Expr(e) => diverges(e),
        Stmt::Loop { label, body } => !breaks_out(body, label.as_ref()),
    }
}

fn diverges(expr: &Expr) -> bool {
    match expr {
        Expr::Break { .. } | Expr::Continue { .. } | Expr::Return(_) => true,
        Expr::If { test, then, orelse } => {
            diverges(test) || orelse.as_ref().is_some_and(|o| block_diverges(then) && block_diverges(o))
        }
        Expr::Block(b) => block_diverges(b),
        Expr::Labelled { label, body } => block_diverges(body) && !jumps_to(body, label),
        Expr::Match { subject, arms } => diverges(subject) || (!arms.is_empty() && arms.iter().all(|a| diverges(&a.body))),
        Expr::Call { func: _, args } => args.iter().any(diverges),
        Expr::Local(_) | Expr::Rt(_) | Expr::Path(_) | Expr::Site(_) | Expr::Str(_) | Expr::Bytes(_) | Expr::Int(_) | Expr::Float(_)
        | Expr::Bool(_) | Expr::Unit | Expr::StrConst(_) | Expr::Cache | Expr::Method { .. } | Expr::Ref(_) | Expr::RefMut(_)
        | Expr::Deref(_) | Expr::Array(_) | Expr::Vec(_) | Expr::Tuple(_) | Expr::Try(_) | Expr::Await(_) | Expr::Closure { .. }
        | Expr::AsyncBlock(_) | Expr::Let { .. } | Expr::Not(_) | Expr::Neg(_) | Expr::Binary { .. } | Expr::Field { .. }
        | Expr::Index { .. } | Expr::Cast { .. } | Expr::Range { .. } => false,
    }
}

fn jumps_to(block: &Block, label: &Label) -> bool {
    let mut found = false;
    let mut copy = block.clone();
    walk_block(&mut copy, &mut |e| {
        if let Expr::Break { label: Some(l), .. } = e
            && l == label
        {
            found = true;
        }
    });
    found
}

fn breaks_out(body: &Block, label: Option<&Label>) -> bool {
    // Generated loops are always left through their label.
    label.is_some_and(|l| jumps_to(body, l))
}

/// Drops labels nobody names, and the names of labels where the plain word does.
fn labels(body: &mut Block) {
    let mut used: BTreeSet<String> = BTreeSet::new();
    plain_jumps(body, None, false);
    walk_block(body, &mut |e| match e {
        Expr::Break { label: Some(l), .. } | Expr::Continue { label: Some(l) } => {
            used.insert(l.0.clone());
        }
        Expr::Local(_) | Expr::Rt(_) | Expr::Path(_) | Expr::Site(_) | Expr::Str(_) | Expr::Bytes(_) | Expr::Int(_) | Expr::Float(_)
        | Expr::Bool(_) | Expr::Unit | Expr::StrConst(_) | Expr::Cache | Expr::Call { .. } | Expr::Method { .. } | Expr::Ref(_)
        | Expr::RefMut(_) | Expr::Deref(_) | Expr::Array(_) | Expr::Vec(_) | Expr::Tuple(_) | Expr::Try(_) | Expr::Await(_)
        | Expr::Closure { .. } | Expr::If { .. } | Expr::Block(_) | Expr::Labelled { .. } | Expr::AsyncBlock(_) | Expr::Match { .. }
        | Expr::Let { .. } | Expr::Not(_) | Expr::Neg(_) | Expr::Binary { .. } | Expr::Field { .. } | Expr::Index { .. } | Expr::Cast { .. }
        | Expr::Range { .. } | Expr::Break { .. } | Expr::Continue { .. } | Expr::Return(_) => {}
    });
    unlabel_block(body, &used);
}

/// `break 'loop3` directly inside that loop is `break`.
fn plain_jumps(block: &mut Block, current: Option<&Label>, in_labelled: bool) {
    for stmt in &mut block.stmts {
        match stmt {
            Stmt::Loop { label, body } => plain_jumps(body, label.clone().as_ref(), false),
            Stmt::While { label, test, body } => {
                plain_expr(test, current, in_labelled);
                plain_jumps(body, label.clone().as_ref(), false);
            }
            Stmt::For { label, pat: _, iter, body } => {
                plain_expr(iter, current, in_labelled);
                plain_jumps(body, label.clone().as_ref(), false);
            }
            Stmt::Line(_) | Stmt::Item(_) => {}
            Stmt::Let { .. } | Stmt::Assign { .. } | Stmt::Expr(_) => {
                visit::each_in_stmt(stmt, &mut |child| match child {
                    Child::Expr(e) => plain_expr(e, current, in_labelled),
                    Child::Block(b) => plain_jumps(b, current, in_labelled),
                });
            }
        }
    }
    if let Some(tail) = &mut block.tail {
        plain_expr(tail, current, in_labelled);
    }
}

fn plain_expr(expr: &mut Expr, current: Option<&Label>, in_labelled: bool) {
    match expr {
        Expr::Break { label, value: None } | Expr::Continue { label } => {
            if !in_labelled && label.is_some() && label.as_ref() == current {
                *label = None;
            }
        }
        Expr::Labelled { label: _, body } => plain_jumps(body, current, true),
        Expr::AsyncBlock(body) => plain_jumps(body, None, true),
        Expr::Local(_) | Expr::Rt(_) | Expr::Path(_) | Expr::Site(_) | Expr::Str(_) | Expr::Bytes(_) | Expr::Int(_) | Expr::Float(_)
        | Expr::Bool(_) | Expr::Unit | Expr::StrConst(_) | Expr::Cache | Expr::Call { .. } | Expr::Method { .. } | Expr::Ref(_)
        | Expr::RefMut(_) | Expr::Deref(_) | Expr::Array(_) | Expr::Vec(_) | Expr::Tuple(_) | Expr::Try(_) | Expr::Await(_)
        | Expr::Closure { .. } | Expr::If { .. } | Expr::Block(_) | Expr::Match { .. } | Expr::Let { .. } | Expr::Not(_) | Expr::Neg(_)
        | Expr::Binary { .. } | Expr::Field { .. } | Expr::Index { .. } | Expr::Cast { .. } | Expr::Range { .. } | Expr::Break { .. }
        | Expr::Return(_) => {
            visit::each_child(expr, &mut |child| match child {
                Child::Expr(e) => plain_expr(e, current, in_labelled),
                Child::Block(b) => plain_jumps(b, current, in_labelled),
            });
        }
    }
}

fn unlabel_block(block: &mut Block, used: &BTreeSet<String>) {
    for stmt in &mut block.stmts {
        if let Stmt::Loop { label, .. } | Stmt::While { label, .. } | Stmt::For { label, .. } = stmt
            && label.as_ref().is_some_and(|l| !used.contains(&l.0))
        {
            *label = None;
        }
        visit::each_in_stmt(stmt, &mut |child| match child {
            Child::Expr(e) => unlabel_expr(e, used),
            Child::Block(b) => unlabel_block(b, used),
        });
    }
    if let Some(tail) = &mut block.tail {
        unlabel_expr(tail, used);
    }
}

fn unlabel_expr(expr: &mut Expr, used: &BTreeSet<String>) {
    visit::each_child(expr, &mut |child| match child {
        Child::Expr(e) => unlabel_expr(e, used),
        Child::Block(b) => unlabel_block(b, used),
    });
    if let Expr::Labelled { label, body } = expr
        && !used.contains(&label.0)
    {
        *expr = Expr::Block(std::mem::take(body));
    }
}

/// Names never read get a leading `_`; `mut` stays where something changes the variable.
fn names(function: &mut Function) {
    let mut read: BTreeMap<RustIdent, u32> = BTreeMap::new();
    let mut changed: BTreeSet<RustIdent> = BTreeSet::new();
    uses_block(&mut function.body, &mut read, &mut changed);
    let rename = |name: &mut RustIdent, mutable: &mut bool| {
        if *mutable && !changed.contains(name) {
            *mutable = false;
        }
        if !read.contains_key(name) && !name.as_str().starts_with('_') {
            *name = RustIdent::new(format!("_{}", name.as_str()));
        }
    };
    for param in &mut function.params {
        visit::each_name(&mut param.pat, &mut |n, m| rename(n, m));
    }
    each_pattern(&mut function.body, &mut |pat| visit::each_name(pat, &mut |n, m| rename(n, m)));
    // Assignments to variables nobody reads follow the new name.
    let read = &read;
    each_assigned(&mut function.body, &mut |name| {
        if !read.contains_key(name) && !name.as_str().starts_with('_') {
            *name = RustIdent::new(format!("_{}", name.as_str()));
        }
    });
}

fn uses_block(block: &mut Block, read: &mut BTreeMap<RustIdent, u32>, changed: &mut BTreeSet<RustIdent>) {
    for stmt in &mut block.stmts {
        if let Stmt::Assign { place: Expr::Local(name), value } = stmt {
            changed.insert(name.clone());
            uses_expr(value, read, changed);
            continue;
        }
        visit::each_in_stmt(stmt, &mut |child| match child {
            Child::Expr(e) => uses_expr(e, read, changed),
            Child::Block(b) => uses_block(b, read, changed),
        });
    }
    if let Some(tail) = &mut block.tail {
        uses_expr(tail, read, changed);
    }
}

fn uses_expr(expr: &mut Expr, read: &mut BTreeMap<RustIdent, u32>, changed: &mut BTreeSet<RustIdent>) {
    match expr {
        Expr::Local(name) => {
            *read.entry(name.clone()).or_default() += 1;
        }
        Expr::RefMut(inner) => {
            if let Expr::Local(name) = &**inner {
                changed.insert(name.clone());
            }
        }
        Expr::Method { recv, name, args: _ } => {
            if matches!(*name, "next" | "push" | "take" | "handled" | "set_item")
                && let Expr::Local(local) = &**recv
            {
                changed.insert(local.clone());
            }
        }
        Expr::Rt(_) | Expr::Path(_) | Expr::Site(_) | Expr::Str(_) | Expr::Bytes(_) | Expr::Int(_) | Expr::Float(_) | Expr::Bool(_)
        | Expr::Unit | Expr::StrConst(_) | Expr::Cache | Expr::Call { .. } | Expr::Ref(_) | Expr::Deref(_) | Expr::Array(_) | Expr::Vec(_)
        | Expr::Tuple(_) | Expr::Try(_) | Expr::Await(_) | Expr::Closure { .. } | Expr::If { .. } | Expr::Block(_) | Expr::Labelled { .. }
        | Expr::AsyncBlock(_) | Expr::Match { .. } | Expr::Let { .. } | Expr::Not(_) | Expr::Neg(_) | Expr::Binary { .. }
        | Expr::Field { .. } | Expr::Index { .. } | Expr::Cast { .. } | Expr::Range { .. } | Expr::Break { .. } | Expr::Continue { .. }
        | Expr::Return(_) => {}
    }
    visit::each_child(expr, &mut |child| match child {
        Child::Expr(e) => uses_expr(e, read, changed),
        Child::Block(b) => uses_block(b, read, changed),
    });
}

fn each_pattern(block: &mut Block, f: &mut dyn FnMut(&mut Pat)) {
    for stmt in &mut block.stmts {
        if let Stmt::Let { pat, .. } | Stmt::For { pat, .. } = stmt {
            f(pat);
        }
    }
    walk_stmts_patterns(block, f);
}

fn walk_stmts_patterns(block: &mut Block, f: &mut dyn FnMut(&mut Pat)) {
    for stmt in &mut block.stmts {
        visit::each_in_stmt(stmt, &mut |child| match child {
            Child::Expr(e) => expr_patterns(e, f),
            Child::Block(b) => each_pattern(b, f),
        });
    }
    if let Some(tail) = &mut block.tail {
        expr_patterns(tail, f);
    }
}

fn expr_patterns(expr: &mut Expr, f: &mut dyn FnMut(&mut Pat)) {
    match expr {
        Expr::Let { pat, .. } => f(pat),
        Expr::Match { arms, .. } => arms.iter_mut().for_each(|a| f(&mut a.pat)),
        Expr::Local(_) | Expr::Rt(_) | Expr::Path(_) | Expr::Site(_) | Expr::Str(_) | Expr::Bytes(_) | Expr::Int(_) | Expr::Float(_)
        | Expr::Bool(_) | Expr::Unit | Expr::StrConst(_) | Expr::Cache | Expr::Call { .. } | Expr::Method { .. } | Expr::Ref(_)
        | Expr::RefMut(_) | Expr::Deref(_) | Expr::Array(_) | Expr::Vec(_) | Expr::Tuple(_) | Expr::Try(_) | Expr::Await(_)
        | Expr::Closure { .. } | Expr::If { .. } | Expr::Block(_) | Expr::Labelled { .. } | Expr::AsyncBlock(_) | Expr::Not(_)
        | Expr::Neg(_) | Expr::Binary { .. } | Expr::Field { .. } | Expr::Index { .. } | Expr::Cast { .. } | Expr::Range { .. }
        | Expr::Break { .. } | Expr::Continue { .. } | Expr::Return(_) => {}
    }
    visit::each_child(expr, &mut |child| match child {
        Child::Expr(e) => expr_patterns(e, f),
        Child::Block(b) => each_pattern(b, f),
    });
}

fn each_assigned(block: &mut Block, f: &mut dyn FnMut(&mut RustIdent)) {
    for stmt in &mut block.stmts {
        if let Stmt::Assign { place: Expr::Local(name), .. } = stmt {
            f(name);
        }
        visit::each_in_stmt(stmt, &mut |child| match child {
            Child::Expr(e) => assigned_in_expr(e, f),
            Child::Block(b) => each_assigned(b, f),
        });
    }
    if let Some(tail) = &mut block.tail {
        assigned_in_expr(tail, f);
    }
}

fn assigned_in_expr(expr: &mut Expr, f: &mut dyn FnMut(&mut RustIdent)) {
    visit::each_child(expr, &mut |child| match child {
        Child::Expr(e) => assigned_in_expr(e, f),
        Child::Block(b) => each_assigned(b, f),
    });
}
