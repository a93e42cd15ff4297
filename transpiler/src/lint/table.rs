//! Owns: what is known of functions outside the program: which are coroutines, which block, which are slow to await.
//! Never: code. A row is a dotted path as `known` says it; a method stands behind its class.

use std::rc::Rc;

/// Submodules of asyncio whose names asyncio itself has.
const ASYNCIO: &[&str] = &[
    "base_events", "coroutines", "events", "exceptions", "futures", "locks", "protocols", "queues", "runners", "streams", "taskgroups",
    "tasks", "threads", "timeouts", "transports", "unix_events",
];

/// The shortest path of a name that several modules have.
pub fn canonical(path: &str) -> Rc<str> {
    let path = path.strip_prefix("httpx2").filter(|rest| rest.is_empty() || rest.starts_with('.')).map_or(path.to_owned(), |rest| format!("httpx{rest}"));
    let mut parts = path.splitn(3, '.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("asyncio"), Some(part), Some(rest)) if ASYNCIO.contains(&part) => format!("asyncio.{rest}").into(),
        _ => path.into(),
    }
}

/// Functions and the class of what calling them gives. A name in capitals is a class and gives its own objects.
pub const MAKES: &[(&str, &str)] = &[
    ("asyncio.get_running_loop", "asyncio.AbstractEventLoop"),
    ("asyncio.get_event_loop", "asyncio.AbstractEventLoop"),
    ("asyncio.new_event_loop", "asyncio.AbstractEventLoop"),
    ("asyncio.create_task", "asyncio.Task"),
    ("asyncio.ensure_future", "asyncio.Task"),
    ("asyncio.AbstractEventLoop.create_task", "asyncio.Task"),
    ("asyncio.TaskGroup.create_task", "asyncio.Task"),
    ("asyncio.Runner.get_loop", "asyncio.AbstractEventLoop"),
    ("builtins.open", "file"),
    ("io.open", "file"),
    ("socket.socket", "socket.socket"),
    ("socket.create_connection", "socket.socket"),
    ("pathlib.Path.cwd", "pathlib.Path"),
    ("pathlib.Path.home", "pathlib.Path"),
    ("requests.session", "requests.Session"),
];

/// Coroutines and the classes of what waiting for them gives: one, or the parts of a tuple.
pub const AWAITED: &[(&str, &[&str])] = &[
    ("asyncio.open_connection", &["asyncio.StreamReader", "asyncio.StreamWriter"]),
    ("asyncio.open_unix_connection", &["asyncio.StreamReader", "asyncio.StreamWriter"]),
    ("asyncio.start_server", &["asyncio.Server"]),
    ("asyncio.start_unix_server", &["asyncio.Server"]),
    ("asyncio.create_subprocess_exec", &["asyncio.subprocess.Process"]),
    ("asyncio.create_subprocess_shell", &["asyncio.subprocess.Process"]),
    ("asyncio.AbstractEventLoop.create_server", &["asyncio.Server"]),
];

/// Functions that call their first argument with objects of these classes.
pub const HANDED: &[(&str, &[&str])] = &[
    ("asyncio.start_server", &["asyncio.StreamReader", "asyncio.StreamWriter"]),
    ("asyncio.start_unix_server", &["asyncio.StreamReader", "asyncio.StreamWriter"]),
];

/// Attributes of known objects and their classes.
pub const ATTRIBUTES: &[(&str, &str)] = &[
    ("asyncio.subprocess.Process.stdout", "asyncio.StreamReader"),
    ("asyncio.subprocess.Process.stderr", "asyncio.StreamReader"),
    ("asyncio.subprocess.Process.stdin", "asyncio.StreamWriter"),
    ("subprocess.Popen.stdout", "file"),
    ("subprocess.Popen.stderr", "file"),
];

/// Bases that give a class nothing that a warning is about.
pub const BARE_BASES: &[&str] = &["abc.ABC", "builtins.object", "typing.Generic", "typing.NamedTuple", "typing.Protocol"];

/// Decorators whose result behaves as the function.
pub const HARMLESS_DECORATORS: &[&str] = &[
    "abc.abstractmethod", "functools.cache", "functools.lru_cache", "functools.wraps", "typing.final", "typing.no_type_check", "typing.override",
];

/// Functions and methods of asyncio that are coroutines: calling one does nothing.
pub const COROUTINES: &[&str] = &[
    "asyncio.sleep", "asyncio.wait", "asyncio.wait_for", "asyncio.to_thread",
    "asyncio.open_connection", "asyncio.open_unix_connection", "asyncio.start_server", "asyncio.start_unix_server",
    "asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell",
    "asyncio.Lock.acquire", "asyncio.Semaphore.acquire", "asyncio.BoundedSemaphore.acquire",
    "asyncio.Condition.acquire", "asyncio.Condition.wait", "asyncio.Condition.wait_for",
    "asyncio.Event.wait", "asyncio.Barrier.wait", "asyncio.Barrier.reset", "asyncio.Barrier.abort",
    "asyncio.Queue.get", "asyncio.Queue.put", "asyncio.Queue.join",
    "asyncio.PriorityQueue.get", "asyncio.PriorityQueue.put", "asyncio.PriorityQueue.join",
    "asyncio.LifoQueue.get", "asyncio.LifoQueue.put", "asyncio.LifoQueue.join",
    "asyncio.StreamReader.read", "asyncio.StreamReader.readline", "asyncio.StreamReader.readexactly", "asyncio.StreamReader.readuntil",
    "asyncio.StreamWriter.drain", "asyncio.StreamWriter.wait_closed", "asyncio.StreamWriter.start_tls",
    "asyncio.Server.serve_forever", "asyncio.Server.start_serving", "asyncio.Server.wait_closed",
    "asyncio.subprocess.Process.wait", "asyncio.subprocess.Process.communicate",
    "asyncio.AbstractEventLoop.create_connection", "asyncio.AbstractEventLoop.create_server",
    "asyncio.AbstractEventLoop.create_datagram_endpoint", "asyncio.AbstractEventLoop.create_unix_connection",
    "asyncio.AbstractEventLoop.create_unix_server", "asyncio.AbstractEventLoop.connect_read_pipe",
    "asyncio.AbstractEventLoop.connect_write_pipe", "asyncio.AbstractEventLoop.subprocess_exec",
    "asyncio.AbstractEventLoop.subprocess_shell", "asyncio.AbstractEventLoop.sock_recv", "asyncio.AbstractEventLoop.sock_recv_into",
    "asyncio.AbstractEventLoop.sock_recvfrom", "asyncio.AbstractEventLoop.sock_sendall", "asyncio.AbstractEventLoop.sock_sendto",
    "asyncio.AbstractEventLoop.sock_connect", "asyncio.AbstractEventLoop.sock_accept", "asyncio.AbstractEventLoop.sock_sendfile",
    "asyncio.AbstractEventLoop.getaddrinfo", "asyncio.AbstractEventLoop.getnameinfo", "asyncio.AbstractEventLoop.start_tls",
    "asyncio.AbstractEventLoop.sendfile", "asyncio.AbstractEventLoop.shutdown_asyncgens",
    "asyncio.AbstractEventLoop.shutdown_default_executor",
    "httpx.AsyncClient.get", "httpx.AsyncClient.post", "httpx.AsyncClient.put", "httpx.AsyncClient.patch", "httpx.AsyncClient.delete",
    "httpx.AsyncClient.head", "httpx.AsyncClient.options", "httpx.AsyncClient.request", "httpx.AsyncClient.send", "httpx.AsyncClient.aclose",
];

/// Functions that start a task which only its reference keeps.
pub const TASKS: &[&str] = &["asyncio.create_task", "asyncio.ensure_future", "asyncio.AbstractEventLoop.create_task"];

/// When a call of a blocking function blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Always,
    /// Unless its first argument is a zero.
    NotForZero,
    /// Unless it is told not to wait, by any argument at all.
    WithoutArguments,
    /// Only with an argument: without one, nothing is connected.
    WithArguments,
    /// Unless the module makes some socket non-blocking.
    OnBlockingSockets,
}

/// Blocking functions that have one way out.
pub struct Blocking {
    pub paths: &'static [&'static str],
    pub when: When,
    pub instead: &'static str,
}

const IN_A_THREAD: &str = "`await asyncio.to_thread(…)` does it in a thread";

pub const BLOCKING: &[Blocking] = &[
    Blocking { paths: &["time.sleep"], when: When::NotForZero, instead: "`await asyncio.sleep(…)` lets the other tasks run" },
    Blocking {
        paths: &["builtins.input", "getpass.getpass", "sys.stdin.read", "sys.stdin.readline", "sys.stdin.readlines", "sys.stdin.buffer.read", "sys.stdin.buffer.readline"],
        when: When::Always,
        instead: "`await asyncio.to_thread(input)` waits for the user in a thread",
    },
    Blocking {
        paths: &[
            "builtins.open", "io.open", "file.read", "file.readline", "file.readlines", "file.write", "file.writelines",
            "pathlib.Path.open", "pathlib.Path.read_text", "pathlib.Path.read_bytes", "pathlib.Path.write_text", "pathlib.Path.write_bytes",
            "shutil.copy", "shutil.copy2", "shutil.copyfile", "shutil.copyfileobj", "shutil.copytree", "shutil.move", "shutil.rmtree",
            "shutil.make_archive", "shutil.unpack_archive",
        ],
        when: When::Always,
        instead: "`await asyncio.to_thread(…)` works on files in a thread",
    },
    Blocking {
        paths: &["subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output", "subprocess.getoutput", "subprocess.getstatusoutput", "subprocess.Popen.wait", "subprocess.Popen.communicate", "os.system", "os.popen", "os.wait", "os.spawnl", "os.spawnv", "os.spawnlp", "os.spawnvp"],
        when: When::Always,
        instead: "`await asyncio.create_subprocess_exec(…)` starts a program and lets the other tasks run",
    },
    Blocking {
        paths: &["requests.get", "requests.post", "requests.put", "requests.patch", "requests.delete", "requests.head", "requests.options", "requests.request", "requests.Session.get", "requests.Session.post", "requests.Session.put", "requests.Session.patch", "requests.Session.delete", "requests.Session.head", "requests.Session.options", "requests.Session.request", "requests.Session.send"],
        when: When::Always,
        instead: "`httpx.AsyncClient` has the same methods and is awaited",
    },
    Blocking {
        paths: &["httpx.get", "httpx.post", "httpx.put", "httpx.patch", "httpx.delete", "httpx.head", "httpx.options", "httpx.request", "httpx.stream", "httpx.Client.get", "httpx.Client.post", "httpx.Client.put", "httpx.Client.patch", "httpx.Client.delete", "httpx.Client.head", "httpx.Client.options", "httpx.Client.request", "httpx.Client.send", "httpx.Client.stream"],
        when: When::Always,
        instead: "`httpx.AsyncClient` has the same methods and is awaited",
    },
    Blocking {
        paths: &["urllib.request.urlopen", "urllib.request.urlretrieve", "http.client.HTTPConnection.request", "http.client.HTTPConnection.getresponse", "http.client.HTTPConnection.connect", "http.client.HTTPSConnection.request", "http.client.HTTPSConnection.getresponse", "http.client.HTTPSConnection.connect"],
        when: When::Always,
        instead: "`httpx.AsyncClient` is awaited; `await asyncio.to_thread(…)` does it in a thread",
    },
    Blocking { paths: &["smtplib.SMTP", "smtplib.SMTP_SSL", "ftplib.FTP", "ftplib.FTP_TLS"], when: When::WithArguments, instead: IN_A_THREAD },
    Blocking {
        paths: &["socket.create_connection", "socket.socket.connect", "socket.socket.accept", "socket.socket.recv", "socket.socket.recv_into", "socket.socket.recvfrom", "socket.socket.send", "socket.socket.sendall", "socket.socket.sendfile"],
        when: When::OnBlockingSockets,
        instead: "`await asyncio.open_connection(…)` and `asyncio.start_server` are asyncio's streams; `loop.sock_recv` and its like take sockets",
    },
    Blocking {
        paths: &["socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyname_ex", "socket.gethostbyaddr", "socket.getnameinfo"],
        when: When::Always,
        instead: "`await asyncio.get_running_loop().getaddrinfo(…)` asks in a thread",
    },
    Blocking { paths: &["select.select", "signal.pause", "signal.sigwait", "concurrent.futures.wait"], when: When::Always, instead: IN_A_THREAD },
    Blocking {
        paths: &["queue.Queue.get", "queue.LifoQueue.get", "queue.PriorityQueue.get", "queue.SimpleQueue.get", "queue.Queue.join", "threading.Event.wait", "threading.Barrier.wait"],
        when: When::WithoutArguments,
        instead: "the class of that name in asyncio is awaited; `await asyncio.to_thread(…)` waits in a thread",
    },
];

/// Functions of the loop that call one of their arguments in the loop's thread, and which.
pub const CALLBACKS: &[(&str, usize)] = &[
    ("asyncio.AbstractEventLoop.call_soon", 0),
    ("asyncio.AbstractEventLoop.call_later", 1),
    ("asyncio.AbstractEventLoop.call_at", 1),
];

/// Coroutines that wait for something outside of the program or for another task. `asyncio.Condition.wait` gives the
/// lock back while it waits, and a semaphore is there to be held.
pub const SLOW: &[&str] = &[
    "asyncio.open_connection", "asyncio.open_unix_connection", "asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell",
    "asyncio.Event.wait", "asyncio.Barrier.wait",
    "asyncio.Queue.get", "asyncio.Queue.join", "asyncio.PriorityQueue.get", "asyncio.PriorityQueue.join", "asyncio.LifoQueue.get",
    "asyncio.LifoQueue.join",
    "asyncio.StreamReader.read", "asyncio.StreamReader.readline", "asyncio.StreamReader.readexactly", "asyncio.StreamReader.readuntil",
    "asyncio.StreamWriter.drain", "asyncio.StreamWriter.wait_closed", "asyncio.StreamWriter.start_tls",
    "asyncio.Server.serve_forever", "asyncio.subprocess.Process.wait", "asyncio.subprocess.Process.communicate",
    "asyncio.AbstractEventLoop.create_connection", "asyncio.AbstractEventLoop.sock_recv", "asyncio.AbstractEventLoop.sock_recv_into",
    "asyncio.AbstractEventLoop.sock_recvfrom", "asyncio.AbstractEventLoop.sock_sendall", "asyncio.AbstractEventLoop.sock_connect",
    "asyncio.AbstractEventLoop.sock_accept", "asyncio.AbstractEventLoop.getaddrinfo",
    "httpx.get", "httpx.post", "httpx.put", "httpx.patch", "httpx.delete", "httpx.head", "httpx.options", "httpx.request",
    "httpx.AsyncClient.get", "httpx.AsyncClient.post", "httpx.AsyncClient.put", "httpx.AsyncClient.patch", "httpx.AsyncClient.delete",
    "httpx.AsyncClient.head", "httpx.AsyncClient.options", "httpx.AsyncClient.request", "httpx.AsyncClient.send",
    "websockets.connect",
];

/// Coroutines that take as long as their arguments.
pub const AS_SLOW_AS: &[&str] = &["asyncio.wait_for", "asyncio.shield", "asyncio.gather"];

/// Locks of asyncio, and of threads.
pub const LOCKS: &[&str] = &["asyncio.Lock", "asyncio.Condition"];
pub const THREAD_LOCKS: &[&str] = &["threading.Lock", "threading.RLock", "threading.Condition"];

/// Exceptions whose handlers catch a cancellation.
pub const CATCH_CANCELLED: &[&str] = &["asyncio.CancelledError", "builtins.BaseException"];

/// Calls that end the program or raise: a handler that makes one swallows nothing.
pub const RAISE: &[&str] = &["sys.exit", "os._exit", "os.abort", "os.kill", "builtins.exit", "builtins.quit", "signal.raise_signal"];

/// Coroutines that are cancelled by others than the task's own cancellation.
pub const CANCELLED_BY_OTHERS: &[&str] = &["asyncio.Server.serve_forever", "asyncio.wrap_future"];

/// Objects that `async with` waits for, at its start or its end.
pub const WAITING_CONTEXTS: &[&str] = &["asyncio.Lock", "asyncio.Condition", "asyncio.Semaphore", "asyncio.BoundedSemaphore", "asyncio.TaskGroup", "asyncio.Barrier"];
