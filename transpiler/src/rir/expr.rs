//! Owns: RIR expressions and patterns, with short constructors. Never: decides what to build.

use super::{Block, Label, RustIdent, SiteName, Type};

#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A local variable of the Rust function.
    Local(RustIdent),
    /// A name of the runtime's prelude.
    Rt(&'static str),
    /// A path inside the generated crate: `g::x`, `call::f`, `Rect::grow`, `SCALE`.
    Path(Vec<RustIdent>),
    Site(SiteName),
    Str(String),
    Bytes(Vec<u8>),
    Int(i64),
    Float(f64),
    Bool(bool),
    Unit,
    /// `s!("text")`: an interned string constant.
    StrConst(String),
    /// `ic!()`: one static inline cache.
    Cache,
    Call { func: Box<Expr>, args: Vec<Expr> },
    Method { recv: Box<Expr>, name: &'static str, args: Vec<Expr> },
    Ref(Box<Expr>),
    RefMut(Box<Expr>),
    Deref(Box<Expr>),
    Array(Vec<Expr>),
    Vec(Vec<Expr>),
    Tuple(Vec<Expr>),
    /// `e?`
    Try(Box<Expr>),
    Await(Box<Expr>),
    Closure { params: Vec<RustIdent>, body: Box<Expr> },
    If { test: Box<Expr>, then: Block, orelse: Option<Block> },
    Block(Block),
    Labelled { label: Label, body: Block },
    AsyncBlock(Block),
    Match { subject: Box<Expr>, arms: Vec<MatchArm> },
    /// `let pat = value`, in a condition.
    Let { pat: Pat, value: Box<Expr> },
    Not(Box<Expr>),
    Neg(Box<Expr>),
    Binary { op: BinOp, left: Box<Expr>, right: Box<Expr> },
    Field { value: Box<Expr>, name: RustIdent },
    Index { value: Box<Expr>, index: usize },
    Cast { value: Box<Expr>, ty: Type },
    Range { start: Box<Expr>, end: Box<Expr> },
    Break { label: Option<Label>, value: Option<Box<Expr>> },
    Continue { label: Option<Label> },
    Return(Option<Box<Expr>>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinOp {
    And,
    Or,
    Add,
    Sub,
    Mul,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Clone, Debug, PartialEq)]
pub struct MatchArm {
    pub pat: Pat,
    pub guard: Option<Expr>,
    pub body: Expr,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Pat {
    Wild,
    Unit,
    Name { name: RustIdent, mutable: bool },
    /// `Ok(p)`, `Some(p)`, `Flow::Return(p)`
    Variant { path: &'static str, args: Vec<Pat> },
    Array(Vec<Pat>),
    Tuple(Vec<Pat>),
    Bool(bool),
    Int(i64),
}

impl Pat {
    pub fn name(name: &RustIdent) -> Pat {
        Pat::Name { name: name.clone(), mutable: false }
    }
    pub fn ok(inner: Pat) -> Pat {
        Pat::Variant { path: "Ok", args: vec![inner] }
    }
    pub fn some(inner: Pat) -> Pat {
        Pat::Variant { path: "Some", args: vec![inner] }
    }
}

impl Expr {
    pub fn rt(name: &'static str, args: Vec<Expr>) -> Expr {
        Expr::Call { func: Box::new(Expr::Rt(name)), args }
    }
    pub fn call(func: Expr, args: Vec<Expr>) -> Expr {
        Expr::Call { func: Box::new(func), args }
    }
    pub fn method(self, name: &'static str, args: Vec<Expr>) -> Expr {
        Expr::Method { recv: Box::new(self), name, args }
    }
    pub fn local(name: &RustIdent) -> Expr {
        Expr::Local(name.clone())
    }
    pub fn path(parts: &[&str]) -> Expr {
        Expr::Path(parts.iter().map(|p| RustIdent::new(*p)).collect())
    }
    pub fn by_ref(self) -> Expr {
        Expr::Ref(Box::new(self))
    }
    pub fn by_mut(self) -> Expr {
        Expr::RefMut(Box::new(self))
    }
    pub fn cloned(self) -> Expr {
        self.method("clone", vec![])
    }
    /// An error site; that of an await is also the place of the suspended frame, so it belongs to what is awaited.
    pub fn at(self, site: SiteName) -> Expr {
        let Expr::Await(awaited) = self else { return self.method("at", vec![Expr::Site(site)]) };
        awaited.method("at", vec![Expr::Site(site)]).awaited()
    }
    pub fn question(self) -> Expr {
        Expr::Try(Box::new(self))
    }
    pub fn awaited(self) -> Expr {
        Expr::Await(Box::new(self))
    }
    pub fn slice(items: Vec<Expr>) -> Expr {
        Expr::Ref(Box::new(Expr::Array(items)))
    }
    pub fn none() -> Expr {
        Expr::Rt("NONE")
    }
    pub fn ok(value: Expr) -> Expr {
        Expr::rt("Ok", vec![value])
    }
    pub fn str(text: impl Into<String>) -> Expr {
        Expr::Str(text.into())
    }
    pub fn not(self) -> Expr {
        if let Expr::Not(inner) = self { *inner } else { Expr::Not(Box::new(self)) }
    }
    pub fn binary(op: BinOp, left: Expr, right: Expr) -> Expr {
        Expr::Binary { op, left: Box::new(left), right: Box::new(right) }
    }
    pub fn break_to(label: &Label, value: Option<Expr>) -> Expr {
        Expr::Break { label: Some(label.clone()), value: value.map(Box::new) }
    }
    pub fn if_(test: Expr, then: Block, orelse: Option<Block>) -> Expr {
        Expr::If { test: Box::new(test), then, orelse }
    }
    pub fn strs(names: impl IntoIterator<Item = String>) -> Expr {
        Expr::slice(names.into_iter().map(Expr::Str).collect())
    }
}
