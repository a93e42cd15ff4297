//! Owns: the start and the end of a compiled program: its thread, its main module, its exit status.
//! Never: prints exceptions itself.

use crate::error;
use crate::types::module::import;
use crate::types::module::{ModuleDef, NativeModule};

/// Python recursion runs on the machine stack: a large one, of which only what is touched costs memory.
const STACK: usize = 1 << 30;

/// `fn main` of a generated program.
pub fn run_main(main: &'static ModuleDef, others: &[&'static ModuleDef], natives: &[&'static NativeModule]) {
    let others: Vec<&'static ModuleDef> = std::iter::once(main).chain(others.iter().copied()).collect();
    let natives: Vec<&'static NativeModule> = natives.to_vec();
    let thread = std::thread::Builder::new().name("main".into()).stack_size(STACK).spawn(move || {
        import::register(Box::leak(others.into_boxed_slice()));
        import::register_native(Box::leak(natives.into_boxed_slice()));
        let status = run(main);
        std::process::exit(status);
    });
    // Signals are for the thread that runs Python: its waits must end.
    crate::signals::block_here();
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(())) => {}
        Ok(Err(_)) => std::process::exit(134),
        Err(e) => {
            eprintln!("cannot start the main thread: {e}");
            std::process::exit(1);
        }
    }
}

fn run(main: &'static ModuleDef) -> i32 {
    crate::signals::start();
    let result = import::add(main, "__main__").and_then(|()| import::execute(main).map(drop));
    let mut interrupted = false;
    let status = match result {
        Ok(()) => 0,
        Err(raised) => {
            let exc = error::take(raised);
            interrupted = exc.ty().is_subtype(&error::hierarchy::KEYBOARD_INTERRUPT);
            error::print::uncaught(&exc)
        }
    };
    let modules: Vec<&'static ModuleDef> = import::compiled().collect();
    // CPython exits with 120 when what was printed could not be written.
    let written = crate::finalize::finalize(&modules);
    if interrupted {
        // The parent sees what ended the program (CPython 3.13: Modules/main.c, exit_sigint).
        crate::signals::die_by_sigint();
    }
    if written { status } else { 120 }
}
