//! Owns: the types of operators on known operands.
//! Never: looks at expressions.

use super::Ty;
use crate::hir::{BinOp, CmpOp, UnaryOp};

/// `right_literal` is the right operand's value when it is an int literal.
pub fn binary(op: BinOp, left: &Ty, right: &Ty, right_literal: Option<i64>) -> Ty {
    match (left, right) {
        (Ty::Never, _) | (_, Ty::Never) => Ty::Never,
        (a, b) if a.is_int() && b.is_int() => ints(op, a, b, right_literal),
        (Ty::Bool, Ty::Bool) if matches!(op, BinOp::And | BinOp::Or | BinOp::Xor) => Ty::Bool,
        (a, b) if a.is_number() && b.is_number() => floats(op, a, b, right_literal),
        (Ty::Str, Ty::Str) if op == BinOp::Add => Ty::Str,
        (Ty::Str, Ty::Tuple(_)) if op == BinOp::Mod => Ty::Str,
        (Ty::Str, b) if op == BinOp::Mul && b.is_int() => Ty::Str,
        (a, Ty::Str) if op == BinOp::Mul && a.is_int() => Ty::Str,
        (Ty::Bytes, Ty::Bytes) if op == BinOp::Add => Ty::Bytes,
        (Ty::List(a), Ty::List(b)) if op == BinOp::Add => Ty::List(Box::new(a.join(b))),
        (Ty::List(a), b) if op == BinOp::Mul && b.is_int() => Ty::List(a.clone()),
        (a, Ty::List(b)) if op == BinOp::Mul && a.is_int() => Ty::List(b.clone()),
        (Ty::Set, Ty::Set) if matches!(op, BinOp::And | BinOp::Or | BinOp::Xor | BinOp::Sub) => Ty::Set,
        (Ty::Dict, Ty::Dict) if op == BinOp::Or => Ty::Dict,
        _ => Ty::Unknown,
    }
}

fn ints(op: BinOp, left: &Ty, right: &Ty, right_literal: Option<i64>) -> Ty {
    let both_small = *left == Ty::Index && *right == Ty::Index;
    match op {
        BinOp::Add | BinOp::Sub | BinOp::Mul | BinOp::LShift => Ty::Int,
        // Only i64::MIN // -1 leaves the range.
        BinOp::FloorDiv if *left == Ty::Index && right_literal.is_some_and(|value| value > 0) => Ty::Index,
        BinOp::FloorDiv => Ty::Int,
        // The result lies between zero and the divisor.
        BinOp::Mod if *right == Ty::Index => Ty::Index,
        BinOp::Mod => Ty::Int,
        BinOp::And if right_literal.is_some_and(|value| value >= 0) => Ty::Index,
        BinOp::And | BinOp::Or | BinOp::Xor if both_small => Ty::Index,
        BinOp::And | BinOp::Or | BinOp::Xor => Ty::Int,
        BinOp::RShift if *left == Ty::Index => Ty::Index,
        BinOp::RShift => Ty::Int,
        BinOp::TrueDiv => Ty::Float,
        BinOp::Pow if right_literal.is_some_and(|value| value >= 0) => Ty::Int,
        // A negative exponent gives a float.
        BinOp::Pow | BinOp::MatMul => Ty::Unknown,
    }
}

/// At least one operand is a float or a bool.
fn floats(op: BinOp, left: &Ty, right: &Ty, right_literal: Option<i64>) -> Ty {
    let float = *left == Ty::Float || *right == Ty::Float;
    match op {
        BinOp::TrueDiv => Ty::Float,
        BinOp::Add | BinOp::Sub | BinOp::Mul | BinOp::FloorDiv | BinOp::Mod if float => Ty::Float,
        BinOp::Add | BinOp::Sub | BinOp::Mul => Ty::Int,
        // A negative base with a fraction as exponent gives a complex.
        BinOp::Pow if *left == Ty::Float && right_literal.is_some() => Ty::Float,
        BinOp::FloorDiv
        | BinOp::Mod
        | BinOp::Pow
        | BinOp::MatMul
        | BinOp::LShift
        | BinOp::RShift
        | BinOp::And
        | BinOp::Or
        | BinOp::Xor => Ty::Unknown,
    }
}

pub fn unary(op: UnaryOp, operand: &Ty) -> Ty {
    match (op, operand) {
        (UnaryOp::Not, _) => Ty::Bool,
        (_, Ty::Never) => Ty::Never,
        (UnaryOp::Invert, Ty::Index) | (UnaryOp::Pos, Ty::Index) => Ty::Index,
        (UnaryOp::Neg | UnaryOp::Pos, Ty::Bool) => Ty::Index,
        (UnaryOp::Neg | UnaryOp::Pos | UnaryOp::Invert, Ty::Int | Ty::Index) => Ty::Int,
        (UnaryOp::Neg | UnaryOp::Pos, Ty::Float) => Ty::Float,
        _ => Ty::Unknown,
    }
}

pub fn compare(op: CmpOp, left: &Ty, right: &Ty) -> Ty {
    let plain = |ty: &Ty| {
        ty.is_number() || matches!(ty, Ty::Str | Ty::Bytes | Ty::None)
    };
    match op {
        CmpOp::Is | CmpOp::IsNot | CmpOp::In | CmpOp::NotIn => Ty::Bool,
        CmpOp::Eq | CmpOp::Ne | CmpOp::Lt | CmpOp::Le | CmpOp::Gt | CmpOp::Ge => {
            if *left == Ty::Never || *right == Ty::Never {
                Ty::Never
            } else if plain(left) && plain(right) {
                Ty::Bool
            } else {
                Ty::Unknown
            }
        }
    }
}
