//! Owns: RIR statements and blocks. Never: decides what to build.

use super::{Expr, Item, Label, Pat, RustIdent, Type};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    pub stmts: Vec<Stmt>,
    /// The value of the block, without `;`.
    pub tail: Option<Box<Expr>>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Stmt {
    /// The Python line whose Rust follows: a comment in the output.
    Line(u32),
    Let { pat: Pat, ty: Option<Type>, value: Option<Expr>, orelse: Option<Block> },
    Assign { place: Expr, value: Expr },
    Expr(Expr),
    While { label: Option<Label>, test: Expr, body: Block },
    Loop { label: Option<Label>, body: Block },
    For { label: Option<Label>, pat: Pat, iter: Expr, body: Block },
    Item(Box<Item>),
}

impl Block {
    pub fn of(stmts: Vec<Stmt>) -> Block {
        Block { stmts, tail: None }
    }
    pub fn value(stmts: Vec<Stmt>, tail: Expr) -> Block {
        Block { stmts, tail: Some(Box::new(tail)) }
    }
    pub fn expr(tail: Expr) -> Block {
        Block { stmts: vec![], tail: Some(Box::new(tail)) }
    }
    pub fn is_empty(&self) -> bool {
        self.stmts.is_empty() && self.tail.is_none()
    }
}

impl Stmt {
    pub fn let_(name: &RustIdent, value: Expr) -> Stmt {
        Stmt::Let { pat: Pat::name(name), ty: None, value: Some(value), orelse: None }
    }
    pub fn let_mut(name: &RustIdent, value: Expr) -> Stmt {
        Stmt::Let { pat: Pat::Name { name: name.clone(), mutable: true }, ty: None, value: Some(value), orelse: None }
    }
    pub fn let_else(pat: Pat, value: Expr, orelse: Block) -> Stmt {
        Stmt::Let { pat, ty: None, value: Some(value), orelse: Some(orelse) }
    }
    pub fn assign(name: &RustIdent, value: Expr) -> Stmt {
        Stmt::Assign { place: Expr::Local(name.clone()), value }
    }
}
