//! Owns: the list of special methods the runtime looks up on types, each with a number, so that a
//! type can cache them in an array.
//! Never: calls them.

use crate::name::{Name, StaticName};

macro_rules! specials {
    ($($id:ident $name:literal)*) => {
        /// A special method, by number.
        #[repr(u8)]
        #[derive(Copy, Clone, PartialEq, Eq, Debug)]
        pub enum Special { $($id),* }
        pub const COUNT: usize = [$(Special::$id),*].len();
        static TABLE: [StaticName; COUNT] = [$(StaticName::new($name)),*];
        static ALL: [Special; COUNT] = [$(Special::$id),*];
    };
}

specials! {
    Repr "__repr__" Str "__str__" Format "__format__" Bytes "__bytes__" Hash "__hash__" Bool "__bool__" Len "__len__" LengthHint "__length_hint__"
    Lt "__lt__" Le "__le__" Eq "__eq__" Ne "__ne__" Gt "__gt__" Ge "__ge__"
    GetAttr "__getattr__" GetAttribute "__getattribute__" SetAttr "__setattr__" DelAttr "__delattr__"
    Get "__get__" Set "__set__" Delete "__delete__" Call "__call__" New "__new__" Init "__init__" Del "__del__"
    GetItem "__getitem__" SetItem "__setitem__" DelItem "__delitem__" Contains "__contains__" Missing "__missing__"
    Iter "__iter__" Next "__next__" Reversed "__reversed__" Index "__index__" Int "__int__" Float "__float__" Complex "__complex__"
    Round "__round__" Trunc "__trunc__" Floor "__floor__" Ceil "__ceil__"
    Add "__add__" Radd "__radd__" Iadd "__iadd__" Sub "__sub__" Rsub "__rsub__" Isub "__isub__"
    Mul "__mul__" Rmul "__rmul__" Imul "__imul__" MatMul "__matmul__" Rmatmul "__rmatmul__" Imatmul "__imatmul__"
    TrueDiv "__truediv__" Rtruediv "__rtruediv__" Itruediv "__itruediv__"
    FloorDiv "__floordiv__" Rfloordiv "__rfloordiv__" Ifloordiv "__ifloordiv__"
    Mod "__mod__" Rmod "__rmod__" Imod "__imod__" DivMod "__divmod__" Rdivmod "__rdivmod__"
    Pow "__pow__" Rpow "__rpow__" Ipow "__ipow__"
    LShift "__lshift__" Rlshift "__rlshift__" Ilshift "__ilshift__" RShift "__rshift__" Rrshift "__rrshift__" Irshift "__irshift__"
    And "__and__" Rand "__rand__" Iand "__iand__" Or "__or__" Ror "__ror__" Ior "__ior__" Xor "__xor__" Rxor "__rxor__" Ixor "__ixor__"
    Neg "__neg__" Pos "__pos__" Invert "__invert__" Abs "__abs__"
    Enter "__enter__" Exit "__exit__" Aenter "__aenter__" Aexit "__aexit__" Await "__await__" Aiter "__aiter__" Anext "__anext__"
    InstanceCheck "__instancecheck__" SubclassCheck "__subclasscheck__" Dir "__dir__" Fspath "__fspath__" Buffer "__buffer__" SetName "__set_name__"
}

impl Special {
    #[inline]
    pub fn name(self) -> Name {
        TABLE[self as usize].get()
    }
    pub fn text(self) -> &'static str {
        TABLE[self as usize].text()
    }
    pub fn all() -> &'static [Special] {
        &ALL
    }
}
