//! What a running program says about its tasks: at SIGQUIT, and through the socket of `TAURARO_PS=1`.

use super::bed::Bed;
use harness::process;
use std::io::Read;
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(20);

const PROGRAM: &str = "\
import asyncio


async def item(queue):
    return await queue.get()


async def reader(queue):
    while True:
        print(await item(queue))


async def numbers():
    yield 1
    await asyncio.sleep(100)


async def consumer():
    async for _ in numbers():
        pass


async def locked(lock):
    async with lock:
        await asyncio.sleep(100)


async def group():
    lock = asyncio.Lock()
    async with asyncio.TaskGroup() as tasks:
        for n in range(2):
            tasks.create_task(locked(lock), name=f'locked {n}')


async def guarded():
    await asyncio.shield(asyncio.create_task(asyncio.Event().wait(), name='inside'))


async def some():
    await asyncio.wait([asyncio.create_task(asyncio.sleep(100), name='first')])


async def main():
    asyncio.create_task(tell(), name='tell')
    await asyncio.gather(reader(asyncio.Queue()), consumer(), group(), guarded(), some())


async def tell():
    await asyncio.sleep(0.05)
    print('waiting', flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
";

const TREE: &str = "\
11 tasks of process N
Task-1 waits for what it gathers
│   main (app.py:45)  await asyncio.gather(reader(asyncio.Queue()), consumer(), group(), guarded(), some())
├── Task-2 waits for a Future
│       reader (app.py:10)  print(await item(queue))
│       item (app.py:5)  return await queue.get()
│       Queue.get
├── Task-3 sleeps
│       consumer (app.py:19)  async for _ in numbers():
│       numbers (app.py:15)  await asyncio.sleep(100)
├── Task-4 waits for a Future
│   │   group (app.py:30)  async with asyncio.TaskGroup() as tasks:
│   │   TaskGroup.__aexit__
│   ├── locked 0 sleeps
│   │       locked (app.py:25)  await asyncio.sleep(100)
│   └── locked 1 waits for a Future
│           locked (app.py:24)  async with lock:
│           _ContextManagerMixin.__aenter__
├── Task-5 waits for a Future
│   │   guarded (app.py:36)  await asyncio.shield(asyncio.create_task(asyncio.Event().wait(), name='inside'))
│   └── inside waits for a Future
│           Event.wait
└── Task-6 waits for a Future
    │   some (app.py:40)  await asyncio.wait([asyncio.create_task(asyncio.sleep(100), name='first')])
    │   wait
    └── first sleeps
            sleep
tell waits for a Future
    tell (app.py:51)  await asyncio.Event().wait()
    Event.wait
";

fn built(program: &str) -> (Bed, Command) {
    let bed = Bed::with(&[("app.py", program)]);
    let said = bed.tauraro("build --dev app.py");
    assert_eq!(said.status, 0, "{}", said.stderr);
    let command = Command::new(bed.folder.join("app"));
    (bed, command)
}
fn shown(bed: &Bed, text: &str) -> String {
    let text = text.replace(&format!("{}/", bed.folder.display()), "");
    let digits: String = text.split("process ").nth(1).unwrap_or("").chars().take_while(char::is_ascii_digit).collect();
    text.replacen(&format!("process {digits}"), "process N", 1)
}

#[test]
fn a_program_shows_its_tasks_and_goes_on() {
    let (bed, mut command) = built(PROGRAM);
    let run = |command: Command, signal: &str| process::run_and_signal(command, "", Duration::from_secs(2), Some((signal, "waiting"))).expect("runs");
    let ended = run(command, "QUIT");
    // It waits until it is killed.
    assert_eq!(ended.status, None);
    assert_eq!(shown(&bed, &ended.stderr), TREE);
    command = Command::new(bed.folder.join("app"));
    command.env("TAURARO_PS", "0");
    assert_eq!(run(command, "QUIT").status, Some(-3));
}

#[test]
fn a_handler_of_the_programs_own_is_left_alone() {
    let program = "import asyncio\n\n\nasync def main():\n    stop = asyncio.Event()\n    asyncio.get_running_loop().add_signal_handler(3, stop.set)\n    print('waiting', flush=True)\n    await stop.wait()\n    print('stopped')\n\n\nasyncio.run(main())\n";
    let (_bed, command) = built(program);
    let ended = process::run_and_signal(command, "", LIMIT, Some(("QUIT", "waiting"))).expect("runs");
    assert_eq!((ended.status, ended.stdout.as_str(), ended.stderr.as_str()), (Some(0), "waiting\nstopped\n", ""));
}

#[test]
fn a_socket_answers_who_asks() {
    let program = "import asyncio\n\n\nasync def main():\n    await asyncio.sleep(3)\n\n\nasyncio.run(main())\n";
    let (bed, mut command) = built(program);
    let mut child = command.env("TAURARO_PS", "1").env("XDG_RUNTIME_DIR", &bed.folder).spawn().expect("runs");
    let socket = bed.folder.join(format!("tauraro-{}.sock", child.id()));
    let end = Instant::now() + LIMIT;
    let mut text = String::new();
    while text.is_empty() && Instant::now() < end {
        match UnixStream::connect(&socket) {
            Ok(mut stream) => drop(stream.read_to_string(&mut text)),
            Err(_) => thread::sleep(Duration::from_millis(20)),
        }
    }
    assert_eq!(shown(&bed, &text), "1 task of process N\nTask-1 sleeps\n    main (app.py:5)  await asyncio.sleep(3)\n");
    assert!(child.wait().expect("ends").success());
    assert!(!socket.exists());
}
