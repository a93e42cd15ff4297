//! Owns: what calls of builtins and methods of exact builtin types return.
//! Never: types whose methods a subclass could override: an exact type has none.

use super::Ty;

/// `name(args)` for a name of the builtins; only positional arguments.
pub fn function(name: &str, args: &[Ty]) -> Ty {
    match (name, args) {
        (_, args) if args.contains(&Ty::Never) => Ty::Never,
        ("len" | "ord" | "hash", [_]) => Ty::Index,
        ("int", [Ty::Index]) => Ty::Index,
        ("int", []) => Ty::Index,
        ("int" | "id", _) => Ty::Int,
        ("float", _) => Ty::Float,
        ("bool" | "isinstance" | "issubclass" | "callable" | "hasattr" | "any" | "all", _) => Ty::Bool,
        // `__str__` may return an instance of a subclass, but not that of these types.
        ("str" | "repr" | "ascii", [Ty::Int | Ty::Index | Ty::Float | Ty::Bool | Ty::Str | Ty::None]) => Ty::Str,
        ("chr" | "hex" | "oct" | "bin" | "input" | "ascii", _) => Ty::Str,
        ("str", []) => Ty::Str,
        ("abs", [ty]) if ty.is_int() => Ty::Int,
        ("abs", [Ty::Float]) => Ty::Float,
        ("round", [Ty::Float]) => Ty::Int,
        ("round", [Ty::Float, digits]) if digits.is_int() => Ty::Float,
        ("min" | "max", [first, second, rest @ ..]) => {
            let all = rest.iter().fold(first.join(second), |all, ty| all.join(ty));
            if all.is_int() || matches!(all, Ty::Float | Ty::Str) { all } else { Ty::Unknown }
        }
        ("range", [_] | [_, _] | [_, _, _]) => Ty::Range,
        ("list" | "sorted", _) => Ty::list(),
        ("dict" | "globals", _) => Ty::Dict,
        ("set", _) => Ty::Set,
        ("bytes", _) => Ty::Bytes,
        ("print" | "setattr" | "delattr", _) => Ty::None,
        _ => Ty::Unknown,
    }
}

/// `receiver.name(args)` for a receiver of exactly this type.
pub fn method(receiver: &Ty, name: &str, args: &[Ty]) -> Ty {
    if *receiver == Ty::Never {
        return Ty::Never;
    }
    match (receiver, name) {
        (
            Ty::Str,
            "upper" | "lower" | "strip" | "lstrip" | "rstrip" | "title" | "capitalize" | "swapcase" | "casefold"
            | "replace" | "join" | "format" | "center" | "ljust" | "rjust" | "zfill" | "expandtabs" | "removeprefix"
            | "removesuffix" | "translate",
        ) => Ty::Str,
        (Ty::Str, "split" | "rsplit" | "splitlines") => Ty::List(Box::new(Ty::Unknown)),
        (Ty::Str | Ty::Bytes, "find" | "rfind" | "index" | "rindex" | "count") => Ty::Index,
        (
            Ty::Str | Ty::Bytes,
            "startswith" | "endswith" | "isdigit" | "isalpha" | "isalnum" | "isspace" | "isupper" | "islower"
            | "istitle" | "isascii",
        )
        | (Ty::Str, "isidentifier" | "isnumeric" | "isdecimal" | "isprintable") => Ty::Bool,
        (Ty::Bytes, "hex") => Ty::Str,
        (Ty::List(_), "append" | "extend" | "insert" | "remove" | "clear" | "reverse" | "sort") => Ty::None,
        (Ty::List(_), "index" | "count") => Ty::Index,
        (Ty::List(element), "copy") => Ty::List(element.clone()),
        (Ty::Dict, "copy") => Ty::Dict,
        (Ty::Dict, "clear" | "update") => Ty::None,
        (Ty::Set, "add" | "discard" | "remove" | "clear" | "update") => Ty::None,
        (Ty::Set, "union" | "intersection" | "difference" | "symmetric_difference" | "copy") => Ty::Set,
        (Ty::Set, "issubset" | "issuperset" | "isdisjoint") => Ty::Bool,
        (Ty::Int | Ty::Index, "bit_length" | "bit_count") if args.is_empty() => Ty::Index,
        (Ty::Float, "is_integer") => Ty::Bool,
        _ => Ty::Unknown,
    }
}
