//! Owns: the CPython that is asked for its verdict.
//! Never: runs a program.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// CPython reads a file and a string differently in a few corners, so that what `compile` rejects is read again as a file; it
/// is rejected then as well, and never runs.
const PROGRAM: &str = r#"
import sys, ctypes, os, tempfile, warnings
warnings.simplefilter("ignore")
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
run = ctypes.pythonapi.PyRun_FileExFlags
run.restype = ctypes.py_object
run.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.py_object, ctypes.py_object, ctypes.c_int, ctypes.c_void_p]
path = os.path.join(tempfile.mkdtemp(), "fuzz.py")
read = sys.stdin.buffer
while line := read.readline():
    text = read.read(int(line))
    try:
        compile(text, path, "exec", dont_inherit=True)
        answer = "ok"
    except (MemoryError, RecursionError) as error:
        answer = f"{type(error).__name__} None None {error}"
    except Exception:
        with open(path, "wb") as file:
            file.write(text)
        try:
            run(libc.fopen(path.encode(), b"r"), path.encode(), 257, {"__name__": "fuzz"}, {}, 1, None)
            answer = "ok"
        except SyntaxError as error:
            answer = f"{type(error).__name__} {error.lineno} {error.offset} {error.msg}"
        except BaseException as error:
            answer = f"{type(error).__name__} None None {error}"
    sys.stdout.buffer.write((answer.replace("\n", " ") + "\n").encode(errors="replace"))
    sys.stdout.buffer.flush()
"#;

pub struct Python {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Python {
    pub fn start(python: &Path) -> Self {
        let mut command = Command::new(python);
        command.args(["-I", "-c", PROGRAM]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("CPython");
        let input = child.stdin.take().expect("a pipe");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, input, output }
    }

    /// Nothing when CPython itself died over the program.
    pub fn ask(&mut self, text: &str) -> Option<Result<(), String>> {
        writeln!(self.input, "{}", text.len()).ok()?;
        self.input.write_all(text.as_bytes()).ok()?;
        self.input.flush().ok()?;
        let mut answer = String::new();
        self.output.read_line(&mut answer).ok().filter(|length| *length > 0)?;
        let answer = answer.trim_end();
        Some(if answer == "ok" { Ok(()) } else { Err(answer.to_owned()) })
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
