//! Owns: the list of diagnostic codes with their one-line meaning and their explanation.
//! Never: builds a diagnostic.

use std::fmt;

/// `TAU0101`: a stable number that `tauraro explain` knows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(pub u16);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TAU{:04}", self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

macro_rules! codes {
    ($($name:ident = $number:literal, $title:literal, $explanation:literal;)*) => {
        $(#[doc = $title] pub const $name: Code = Code($number);)*
        /// Every code: number, one line, explanation.
        pub const ALL: &[(Code, &str, &str)] = &[$((Code($number), $title, $explanation)),*];
    };
}

codes! {
    SYNTAX = 101, "CPython rejects this program",
        "CPython raises SyntaxError (or IndentationError, TabError) for this text before running any of it, and so does tauraro, with the same message.";
    ENCODING = 102, "the file is not UTF-8",
        "Source files are read as UTF-8, Python's default. Convert the file.";
    SETTING = 103, "a setting cannot be used",
        "[tool.tauraro] in pyproject.toml, or the header of the script (PEP 723), holds something that is not TOML, a key that tauraro does not know, or a value of the wrong kind. The keys are strict, release and output-folder.";
    IGNORE = 104, "a comment that ignores nothing",
        "`# tauraro: ignore[TAU0303]` silences the warnings of that code that mark its line; several codes are divided by commas. This one names no code, or one that does not exist.";
    SYNTAX_WARNING = 105, "CPython warns about this text",
        "CPython prints a SyntaxWarning when it compiles this text, and so does tauraro, with the same words. The program means what it says, which is most likely not what was meant.";
    UNSUPPORTED = 201, "this construct is not compiled yet",
        "The construct is valid Python but this version of tauraro has no lowering for it. In module-level code it fails the build; inside a function it raises NotImplementedError when reached.";
    NO_MODULE = 202, "this import cannot be resolved",
        "No file beside the script, no module of the runtime and no module of the installed CPython 3.13's library has this name. Put the module beside the script; packages that pip installed are not read.";
    C_EXTENSION = 203, "a C extension cannot be compiled",
        "The package is written in C for CPython's own machine interface and there is no Python source to compile. Use a pure-Python alternative, or guard the import with try/except ImportError.";
    EXEC = 204, "text cannot be executed at run time",
        "exec, eval and compile need an interpreter, and the binary contains none. Literals can be read with ast.literal_eval.";
    DEPENDENCY = 205, "a dependency that the script's header names",
        "Each dependency of a PEP 723 header is native (the runtime has the module), compiled (its Python source lies beside the script) or unsupported. tauraro installs nothing.";
    NO_ATTRIBUTE = 206, "a module lacks this name",
        "The module of CPython 3.13's library has no such name, or CPython's has it and the one in tauraro's runtime does not yet. The program is built and raises AttributeError or ImportError when it comes there. An import that always runs and that only tauraro would refuse is an error.";
    NEVER_AWAITED = 301, "a coroutine that is never awaited",
        "Calling an `async def` makes a coroutine and runs nothing of it. This one is dropped at once, so its body never runs; CPython says so with a RuntimeWarning when the program is there. Await it, or make a task of it and keep the task.";
    DROPPED_TASK = 302, "a task that nothing keeps",
        "The event loop has weak references to its tasks: one that nothing else refers to can be collected before it is done, and its exception is seen by nobody. Keep it in a variable or a set, or start it in an asyncio.TaskGroup.";
    BLOCKING_CALL = 303, "a call that blocks the event loop",
        "While this call waits, no other task runs: it is reached from a coroutine, through the calls that are shown. Use the function of asyncio that is awaited, or `asyncio.to_thread`. Functions that are handed to a thread or an executor are not meant.";
    SWALLOWED_CANCELLATION = 304, "a cancellation that is swallowed",
        "CancelledError arrives at an `await` when somebody cancels the task, a timeout or a TaskGroup too. A handler that catches it and does not raise lets the task go on, and whoever cancelled it waits in vain. Raise it again, or clean up in `finally`.";
    HELD_LOCK = 305, "a lock that is held across a slow await",
        "Every task that wants the lock waits until this wait is over. Hold a lock for what must not be interrupted; a semaphore limits how many do something slow. A lock of threads that is held across an await stops the whole loop.";
    INTERNAL = 901, "tauraro itself went wrong",
        "A pass produced something that is not Rust. This is a bug in tauraro, whatever the program says; please report it with the program.";
}

/// The row of a code, if it exists.
pub fn explain(code: Code) -> Option<(&'static str, &'static str)> {
    ALL.iter().find(|row| row.0 == code).map(|row| (row.1, row.2))
}
