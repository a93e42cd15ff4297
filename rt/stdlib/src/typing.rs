//! Owns: the module `typing`.
//! Never: checks types.
//! Source: CPython 3.13, Lib/typing.py.

mod alias;
mod check;
mod evaluate;
mod forms;
mod functions;
mod generic;
mod hints;
mod params;
mod protocol;
mod records;

use alias::Kind;
use rtcore::methods::*;
use rtcore::protocol::attr::getattr_name;
use rtcore::protocol::call::call_kw;
use rtcore::types::bytes::BYTES;
use rtcore::types::class::create;
use rtcore::types::dict::DICT;
use rtcore::types::list::{LIST, List};
use rtcore::types::module::import::import_module;
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::set::{FROZENSET, SET};
use rtcore::types::str::STR;
use rtcore::types::tuple;

static FUNCTIONS: &[Method] = &[
    Method::new("cast(typ, val)", F2(|_, v| Ok(v.clone()))),
    Method::new("assert_type(val, typ, /)", F2(|v, _| Ok(v.clone()))),
    Method::new("assert_never(arg, /)", F1(functions::assert_never)),
    Method::new("reveal_type(obj, /)", F1(functions::reveal_type)),
    Method::new("get_type_hints(obj, globalns=None, localns=None, include_extras=False)", F4(hints::get_type_hints)),
    Method::new("get_origin(tp)", F1(hints::get_origin)),
    Method::new("get_args(tp)", F1(hints::get_args)),
    Method::new("overload(func)", F1(functions::overload)),
    Method::new("get_overloads(func)", F1(functions::get_overloads)),
    Method::new("clear_overloads()", F0(functions::clear_overloads)),
    Method::new("final(f)", F1(|f| functions::mark(f, "__final__"))),
    Method::new("override(method, /)", F1(|f| functions::mark(f, "__override__"))),
    Method::new("no_type_check(arg)", F1(|f| functions::mark(f, "__no_type_check__"))),
    Method::new("no_type_check_decorator(decorator)", F1(|f| Ok(f.clone()))),
    Method::new("dataclass_transform(**kwargs)", F1(functions::dataclass_transform)),
    Method::new("runtime_checkable(cls)", F1(protocol::runtime_checkable)),
    Method::new("is_protocol(tp, /)", F1(protocol::is_protocol)),
    Method::new("get_protocol_members(tp, /)", F1(protocol::get_protocol_members)),
    Method::new("is_typeddict(tp)", F1(|v| Ok(Value::bool(records::is_typed_dict(v))))),
    // What compiled code makes its parameter lists and `type` statements with.
    Method::new("_type_param(kind, name, bound=..., constraints=False, default=...)", N(functions::type_param)),
    Method::new("_type_alias(name, params, value)", F3(|n, p, v| Ok(generic::lazy_alias(n, p, v)))),
    Method::new("_generic(params)", F1(generic::of_parameters)),
];

/// An alias of a class of `collections.abc` or `collections`: name there, parameters, name here.
const ABSTRACT: &[(&str, usize, &str, usize)] = &[
    ("Hashable", 0, "Hashable", 0),
    ("Awaitable", 1, "Awaitable", 0),
    ("Coroutine", 3, "Coroutine", 0),
    ("AsyncIterable", 1, "AsyncIterable", 0),
    ("AsyncIterator", 1, "AsyncIterator", 0),
    ("Iterable", 1, "Iterable", 0),
    ("Iterator", 1, "Iterator", 0),
    ("Reversible", 1, "Reversible", 0),
    ("Sized", 0, "Sized", 0),
    ("Container", 1, "Container", 0),
    ("Collection", 1, "Collection", 0),
    ("Set", 1, "AbstractSet", 0),
    ("MutableSet", 1, "MutableSet", 0),
    ("Mapping", 2, "Mapping", 0),
    ("MutableMapping", 2, "MutableMapping", 0),
    ("Sequence", 1, "Sequence", 0),
    ("MutableSequence", 1, "MutableSequence", 0),
    ("MappingView", 1, "MappingView", 0),
    ("KeysView", 1, "KeysView", 0),
    ("ItemsView", 2, "ItemsView", 0),
    ("ValuesView", 1, "ValuesView", 0),
    ("Generator", 3, "Generator", 2),
    ("AsyncGenerator", 2, "AsyncGenerator", 1),
    ("ByteString", 0, "ByteString", 0),
    ("Callable", 2, "Callable", 0),
];
const CONCRETE: &[(&str, usize, &str)] = &[
    ("deque", 1, "Deque"),
    ("defaultdict", 2, "DefaultDict"),
    ("OrderedDict", 2, "OrderedDict"),
    ("Counter", 1, "Counter"),
    ("ChainMap", 2, "ChainMap"),
];
/// The class `module.name`; where the program does not have it, an empty one in its place.
fn class_of(module: &str, name: &str) -> PyResult {
    let found = rtcore::error::quietly(|| getattr_name(&import_module(module)?, Name::new(name)));
    match found {
        Some(v) => Ok(v),
        None => {
            let build = create::begin(name, &[], vec![])?;
            build.set(names::__module__.get(), Value::str(module))?;
            build.finish()
        }
    }
}
fn aliases(m: &Value) -> PyResult<()> {
    for (of, n, name, defaults) in ABSTRACT {
        let kind = if *of == "Callable" { Kind::SpecialCallable } else { Kind::Special };
        set_str(m, name, alias::special(class_of("collections.abc", of)?, *n, kind, name, true, *defaults));
    }
    for (of, n, name) in CONCRETE {
        set_str(m, name, alias::special(class_of("collections", of)?, *n, Kind::Special, name, true, 0));
    }
    let builtin: &[(&'static Type, usize, &'static str)] =
        &[(&LIST, 1, "List"), (&SET, 1, "Set"), (&FROZENSET, 1, "FrozenSet"), (&DICT, 2, "Dict"), (&rtcore::types::class::methods::TYPE, 1, "Type")];
    for (t, n, name) in builtin {
        set_str(m, name, alias::special(Value::of_type(t), *n, Kind::Special, name, false, 0));
    }
    set_str(m, "Tuple", alias::special(Value::of_type(&tuple::TUPLE), 0, Kind::SpecialTuple, "Tuple", false, 0));
    for (class, name) in [("AbstractContextManager", "ContextManager"), ("AbstractAsyncContextManager", "AsyncContextManager")] {
        set_str(m, name, alias::special(class_of("contextlib", class)?, 2, Kind::Special, name, true, 1));
    }
    for name in ["Pattern", "Match"] {
        set_str(m, name, alias::special(class_of("re", name)?, 1, Kind::Special, name, true, 0));
    }
    Ok(())
}
/// `IO`, `TextIO`, `BinaryIO`.
fn files(m: &Value, any_str: &Value) -> PyResult<()> {
    let class = |name: &str, base: Value| -> PyResult {
        let build = create::begin(name, &[base], vec![])?;
        build.set(names::__module__.get(), Value::str("typing"))?;
        build.finish()
    };
    let io = class("IO", rtcore::protocol::sequence::getitem(&Value::of_type(&generic::GENERIC), any_str)?)?;
    for (name, arg) in [("TextIO", &STR), ("BinaryIO", &BYTES)] {
        let base = rtcore::protocol::sequence::getitem(&io, &Value::of_type(arg))?;
        set_str(m, name, class(name, base)?);
    }
    set_str(m, "IO", io);
    Ok(())
}
/// What typing itself imports.
static NEEDS: &[&NativeModule] = &[&crate::collections::MODULE, &crate::collections::abc::MODULE];
fn setup(m: &Value) -> PyResult<()> {
    rtcore::types::module::import::register_native(NEEDS);
    for (name, form) in forms::ALL {
        set_str(m, name, form.value());
    }
    let types: &[(&str, &'static Type)] = &[
        ("Any", &forms::ANY),
        ("Generic", &generic::GENERIC),
        ("Protocol", &protocol::PROTOCOL),
        ("TypeVar", &params::TYPE_VAR),
        ("ParamSpec", &params::PARAM_SPEC),
        ("TypeVarTuple", &params::TYPE_VAR_TUPLE),
        ("ParamSpecArgs", &params::SPEC_ARGS),
        ("ParamSpecKwargs", &params::SPEC_KWARGS),
        ("TypeAliasType", &generic::TYPE_ALIAS_TYPE),
        ("NewType", &records::NEW_TYPE),
        ("ForwardRef", &hints::FORWARD_REF),
        ("Text", &STR),
        ("GenericAlias", &rtcore::types::alias::GENERIC_ALIAS),
        ("_GenericAlias", &alias::GENERIC_ALIAS),
        ("_SpecialForm", &forms::SPECIAL_FORM),
        ("_UnionGenericAlias", &alias::UNION_ALIAS),
        ("_AnnotatedAlias", &alias::ANNOTATED_ALIAS),
        ("_LiteralGenericAlias", &alias::LITERAL_ALIAS),
        ("_SpecialGenericAlias", &alias::SPECIAL_ALIAS),
        ("_CallableGenericAlias", &alias::CALLABLE_ALIAS),
        ("_ProtocolMeta", &protocol::PROTOCOL_META),
    ];
    for (name, t) in types {
        set_str(m, name, Value::of_type(t));
    }
    set_str(m, "NoDefault", params::no_default());
    set_str(m, "TYPE_CHECKING", FALSE);
    set_str(m, "NamedTuple", records::named_tuple()?);
    set_str(m, "TypedDict", records::typed_dict()?);
    let var = Value::of_type(&params::TYPE_VAR);
    let any_str = call_kw(&var, &[Value::str("AnyStr"), Value::of_type(&BYTES), Value::of_type(&STR)], &[])?;
    set_str(m, "AnyStr", any_str.clone());
    for n in ["T", "KT", "VT"] {
        set_str(m, n, call_kw(&var, &[Value::str(n)], &[])?);
    }
    aliases(m)?;
    files(m, &any_str)?;
    let supports = [
        ("SupportsInt", "__int__"),
        ("SupportsFloat", "__float__"),
        ("SupportsComplex", "__complex__"),
        ("SupportsBytes", "__bytes__"),
        ("SupportsIndex", "__index__"),
        ("SupportsAbs", "__abs__"),
        ("SupportsRound", "__round__"),
    ];
    for (name, method) in supports {
        set_str(m, name, protocol::supports(name, method)?);
    }
    set_str(m, "__all__", List::value(ALL.split_whitespace().map(Value::str).collect()));
    Ok(())
}
const ALL: &str = "Annotated Any Callable ClassVar Concatenate Final ForwardRef Generic Literal Optional ParamSpec Protocol Tuple Type TypeVar TypeVarTuple Union AbstractSet ByteString Container ContextManager Hashable ItemsView Iterable Iterator KeysView Mapping MappingView MutableMapping MutableSequence MutableSet Sequence Sized ValuesView Awaitable AsyncIterator AsyncIterable Coroutine Collection AsyncGenerator AsyncContextManager Reversible SupportsAbs SupportsBytes SupportsComplex SupportsFloat SupportsIndex SupportsInt SupportsRound ChainMap Counter Deque Dict DefaultDict List OrderedDict Set FrozenSet NamedTuple TypedDict Generator BinaryIO IO Match Pattern TextIO AnyStr assert_type assert_never cast clear_overloads dataclass_transform final get_args get_origin get_overloads get_protocol_members get_type_hints is_protocol is_typeddict LiteralString Never NewType no_type_check no_type_check_decorator NoDefault NoReturn NotRequired overload override ParamSpecArgs ParamSpecKwargs ReadOnly Required reveal_type runtime_checkable Self Text TYPE_CHECKING TypeAlias TypeGuard TypeIs TypeAliasType Unpack";
pub static MODULE: NativeModule = NativeModule::new("typing", FUNCTIONS, setup);
