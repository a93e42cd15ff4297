//! Owns: the text of an annotation as `ast.unparse` writes it, for `from __future__ import annotations`.
//! Never: statements.
//!
//! CPython 3.13: Python/ast_unparse.c. Only what annotations hold in practice is normalised; other
//! expressions keep the text of the source.

use crate::parse::{Ranged, ast, span};
use crate::source::SourceFile;

pub fn unparse(file: &SourceFile, expr: &ast::Expr) -> String {
    use ast::Expr;
    match expr {
        Expr::Name(e) => e.id.as_str().to_owned(),
        Expr::NoneLiteral(_) => "None".to_owned(),
        Expr::BooleanLiteral(e) => if e.value { "True" } else { "False" }.to_owned(),
        Expr::EllipsisLiteral(_) => "...".to_owned(),
        Expr::StringLiteral(e) => repr(e.value.to_str()),
        Expr::Attribute(e) => format!("{}.{}", unparse(file, &e.value), e.attr.as_str()),
        Expr::Subscript(e) => {
            let index = match e.slice.as_tuple_expr() {
                Some(tuple) if !tuple.elts.is_empty() => list(file, &tuple.elts),
                Some(_) | None => unparse(file, &e.slice),
            };
            format!("{}[{index}]", unparse(file, &e.value))
        }
        Expr::Tuple(e) if e.elts.len() == 1 => format!("({},)", list(file, &e.elts)),
        Expr::Tuple(e) => format!("({})", list(file, &e.elts)),
        Expr::List(e) => format!("[{}]", list(file, &e.elts)),
        Expr::BinOp(e) => {
            format!("{} {} {}", operand(file, &e.left), e.op.as_str(), operand(file, &e.right))
        }
        Expr::Starred(e) => format!("*{}", unparse(file, &e.value)),
        Expr::Call(e) => {
            let mut parts: Vec<String> = e.arguments.args.iter().map(|arg| unparse(file, arg)).collect();
            for keyword in &e.arguments.keywords {
                let value = unparse(file, &keyword.value);
                parts.push(match &keyword.arg {
                    Some(name) => format!("{}={value}", name.as_str()),
                    None => format!("**{value}"),
                });
            }
            format!("{}({})", unparse(file, &e.func), parts.join(", "))
        }
        other @ (
            Expr::BoolOp(_) | Expr::Named(_) | Expr::UnaryOp(_) | Expr::Lambda(_) | Expr::If(_) | Expr::Dict(_) | Expr::Set(_)
            | Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) | Expr::Await(_) | Expr::Yield(_)
            | Expr::YieldFrom(_) | Expr::Compare(_) | Expr::FString(_) | Expr::TString(_) | Expr::BytesLiteral(_) | Expr::NumberLiteral(_)
            | Expr::Slice(_) | Expr::IpyEscapeCommand(_)
        ) => file.slice(span(file, other.range())).to_owned(),
    }
}

/// Annotations chain one operator (`int | None`), so only a different precedence needs parentheses.
fn operand(file: &SourceFile, expr: &ast::Expr) -> String {
    match expr {
        ast::Expr::BoolOp(_) | ast::Expr::Compare(_) | ast::Expr::If(_) | ast::Expr::Lambda(_) => {
            format!("({})", unparse(file, expr))
        }
        other @ (
            ast::Expr::Named(_) | ast::Expr::BinOp(_) | ast::Expr::UnaryOp(_) | ast::Expr::Dict(_) | ast::Expr::Set(_)
            | ast::Expr::ListComp(_) | ast::Expr::SetComp(_) | ast::Expr::DictComp(_) | ast::Expr::Generator(_) | ast::Expr::Await(_)
            | ast::Expr::Yield(_) | ast::Expr::YieldFrom(_) | ast::Expr::Call(_) | ast::Expr::FString(_) | ast::Expr::TString(_)
            | ast::Expr::StringLiteral(_) | ast::Expr::BytesLiteral(_) | ast::Expr::NumberLiteral(_) | ast::Expr::BooleanLiteral(_)
            | ast::Expr::NoneLiteral(_) | ast::Expr::EllipsisLiteral(_) | ast::Expr::Attribute(_) | ast::Expr::Subscript(_)
            | ast::Expr::Starred(_) | ast::Expr::Name(_) | ast::Expr::List(_) | ast::Expr::Tuple(_) | ast::Expr::Slice(_)
            | ast::Expr::IpyEscapeCommand(_)
        ) => unparse(file, other),
    }
}

fn list(file: &SourceFile, exprs: &[ast::Expr]) -> String {
    exprs.iter().map(|expr| unparse(file, expr)).collect::<Vec<_>>().join(", ")
}

/// `repr` of a str, for the characters that annotations hold.
fn repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}
