//! Owns: how the arguments of a call meet the parameters of a known function.
//! Never: finds the function.

use super::*;

/// Where the value of one parameter comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    Arg(ExprId),
    /// The parameter's default, by its index in the signature.
    Default(usize),
    /// The surplus positional arguments, for `*args`.
    Star(Vec<ExprId>),
    /// The surplus keyword arguments, for `**kwargs`.
    Keywords(Vec<(PyName, ExprId)>),
}

/// One `Bound` per parameter, in the order of the signature; `None` when the call unpacks something or would be
/// a TypeError (CPython: Python/ceval.c, initialize_locals).
pub fn bind_arguments(function: &Function, call: &Call) -> Option<Vec<Bound>> {
    let mut positional = Vec::new();
    for arg in &call.args {
        match arg {
            Element::Item(value) => positional.push(*value),
            Element::Star(_) => return None,
        }
    }
    let mut named = Vec::new();
    for keyword in &call.keywords {
        match keyword {
            Keyword::Named { name, value, span: _ } => named.push((name.clone(), *value)),
            Keyword::Unpack(_) => return None,
        }
    }
    let mut take = |name: &PyName| {
        let at = named.iter().position(|(other, _)| other == name)?;
        Some(named.remove(at).1)
    };
    let mut bound = Vec::new();
    let mut next = positional.into_iter();
    for (at, param) in function.params.iter().enumerate() {
        let given = match param.kind {
            ParamKind::PositionalOnly => next.next(),
            ParamKind::Positional => match (next.next(), take(&param.name)) {
                (Some(_), Some(_)) => return None,
                (given, None) | (None, given) => given,
            },
            ParamKind::KeywordOnly => take(&param.name),
            ParamKind::Star => {
                bound.push(Bound::Star(next.by_ref().collect()));
                continue;
            }
            ParamKind::DoubleStar => {
                bound.push(Bound::Keywords(Vec::new()));
                continue;
            }
        };
        bound.push(match given {
            Some(value) => Bound::Arg(value),
            None if param.has_default => Bound::Default(at),
            None => return None,
        });
    }
    if next.next().is_some() {
        return None;
    }
    match bound.last_mut() {
        Some(Bound::Keywords(rest)) => *rest = named,
        Some(_) | None if !named.is_empty() => return None,
        Some(_) | None => {}
    }
    Some(bound)
}
