//! Owns: the module `contextlib`.
//! Never: the `with` statement; generated code runs it.
//! Source: CPython 3.13, Lib/contextlib.py.

mod exit_stack;
mod generator;
mod simple;

use rtcore::methods::*;
use rtcore::types::module::{NativeModule, set_str};

static FUNCTIONS: &[Method] = &[
    Method::new("contextmanager(func)", F1(generator::contextmanager)),
    Method::new("asynccontextmanager(func)", F1(generator::asynccontextmanager)),
];
fn setup(m: &Value) -> PyResult<()> {
    let types: &[(&str, &'static Type)] = &[
        ("closing", &simple::CLOSING),
        ("aclosing", &simple::ACLOSING),
        ("suppress", &simple::SUPPRESS),
        ("nullcontext", &simple::NULLCONTEXT),
        ("redirect_stdout", &simple::REDIRECT_STDOUT),
        ("redirect_stderr", &simple::REDIRECT_STDERR),
        ("ContextDecorator", &generator::CONTEXT_DECORATOR),
        ("AsyncContextDecorator", &generator::ASYNC_CONTEXT_DECORATOR),
        ("AbstractContextManager", &simple::ABSTRACT),
        ("AbstractAsyncContextManager", &simple::ABSTRACT_ASYNC),
        ("ExitStack", &exit_stack::EXIT_STACK),
        ("AsyncExitStack", &exit_stack::ASYNC_EXIT_STACK),
        ("_GeneratorContextManager", &generator::MANAGER),
        ("_AsyncGeneratorContextManager", &generator::ASYNC_MANAGER),
    ];
    for (name, t) in types {
        set_str(m, name, Value::of_type(t));
    }
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("contextlib", FUNCTIONS, setup);
