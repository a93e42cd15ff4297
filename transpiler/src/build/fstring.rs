//! Owns: f-strings as parts.
//! Never: formats anything.

use super::Builder;
use super::literal::Text;
use crate::hir::{Const, Conversion, ExprKind, FPart};
use crate::parse::{Ranged, ast};

impl Builder<'_> {
    pub(super) fn fstring(&mut self, value: &ast::FStringValue) -> ExprKind {
        let mut parts = Parts::default();
        for part in value {
            match part {
                ast::FStringPart::Literal(literal) => {
                    let one = ast::StringLiteralValue::single(literal.clone());
                    match self.string(&one) {
                        Const::Str(text) => parts.pending.push_plain(&text),
                        Const::StrPoints(points) => {
                            parts.flush();
                            parts.done.push(FPart::LitPoints(points));
                        }
                        Const::None | Const::True | Const::False | Const::Ellipsis | Const::Int(_) | Const::BigInt(_) | Const::Float(_)
                        | Const::Imag(_) | Const::Bytes(_) => {}
                    }
                }
                ast::FStringPart::FString(string) => {
                    let raw = matches!(string.flags.prefix(), ast::str_prefix::FStringPrefix::Raw { .. });
                    self.elements(&string.elements, raw, &mut parts);
                }
            }
        }
        ExprKind::FString(parts.finish())
    }

    fn elements(&mut self, elements: &ast::InterpolatedStringElements, raw: bool, parts: &mut Parts) {
        for element in elements {
            match element {
                ast::InterpolatedStringElement::Literal(literal) => {
                    parts.pending.append(self.fstring_literal(literal, raw));
                }
                ast::InterpolatedStringElement::Interpolation(value) => self.interpolation(value, raw, parts),
            }
        }
    }

    fn interpolation(&mut self, element: &ast::InterpolatedElement, raw: bool, parts: &mut Parts) {
        let ast::InterpolatedElement { expression, debug_text, conversion, format_spec, range: _, node_index: _ } =
            element;
        let mut conversion = match conversion {
            ast::ConversionFlag::None => Conversion::None,
            ast::ConversionFlag::Str => Conversion::Str,
            ast::ConversionFlag::Ascii => Conversion::Ascii,
            ast::ConversionFlag::Repr => Conversion::Repr,
        };
        if let Some(debug) = debug_text {
            let source = self.file.slice(self.span(expression.range()));
            parts.pending.push_plain(&format!("{}{source}{}", debug.leading, debug.trailing));
            if conversion == Conversion::None && format_spec.is_none() {
                conversion = Conversion::Repr;
            }
        }
        let value = self.expr(expression);
        let spec = format_spec.as_ref().map(|spec| {
            let mut inner = Parts::default();
            self.elements(&spec.elements, raw, &mut inner);
            inner.finish()
        });
        parts.flush();
        parts.done.push(FPart::Value { value, conversion, spec });
    }
}

#[derive(Default)]
struct Parts {
    done: Vec<FPart>,
    pending: Text,
}

impl Parts {
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.pending);
        if text.is_empty() {
            return;
        }
        self.done.push(match text.into_parts() {
            (_, Some(points)) => FPart::LitPoints(points.into()),
            (text, None) => FPart::Lit(text.into()),
        });
    }

    fn finish(mut self) -> Vec<FPart> {
        self.flush();
        self.done
    }
}
