"""A disk that is full under whoever writes: files, `print`, log handlers, streams to a pipe's other end.

Argument: records to log.
"""
import asyncio
import io
import logging
import logging.handlers
import os
import resource
import sys
import tempfile

RECORDS = int(sys.argv[1]) if len(sys.argv) > 1 else 200


def attempt(what, call):
    try:
        print(what, "->", call())
    except OSError as e:
        print(what, "->", type(e).__name__, e.errno, e)


def write_and_close(path, data, **options):
    with open(path, "wb" if isinstance(data, bytes) else "w", **options) as f:
        f.write(data)
    return "written"


def child(body):
    """The exit status of a forked child and what it said on stderr."""
    read, write = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        os.dup2(write, 2)
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, 1)
        os.close(full)
        body()
        sys.exit()
    os.close(write)
    with open(read) as f:
        said = f.read()
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return status, [line for line in said.splitlines() if "Errno" in line or "ignored" in line]


def files():
    attempt("text", lambda: write_and_close("/dev/full", "some text\n"))
    attempt("bytes", lambda: write_and_close("/dev/full", b"some bytes\n"))
    attempt("unbuffered", lambda: write_and_close("/dev/full", b"some bytes\n", buffering=0))
    attempt("much", lambda: write_and_close("/dev/full", "x" * 100_000))
    attempt("lines", lambda: write_and_close("/dev/full", "x\n", buffering=1))
    f = open("/dev/full", "w")
    f.write("kept back")
    attempt("flush", f.flush)
    attempt("close", f.close)
    print(f.closed)
    attempt("close again", f.close)
    with tempfile.TemporaryDirectory() as folder:
        limited(os.path.join(folder, "limited"))


def limited(path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, hard))
    attempt("beyond the limit", lambda: write_and_close(path, b"x" * 20_000))
    print(os.path.getsize(path))
    log = logging.getLogger("limited")
    log.propagate = False
    handler = logging.FileHandler(path, mode="w")
    handler.handleError = lambda record: lost.append(type(sys.exception()).__name__)
    lost = []
    log.addHandler(handler)
    for number in range(RECORDS):
        log.error("record %d %s", number, "x" * 92)
    log.removeHandler(handler)
    attempt("close of a full log", handler.close)
    print(os.path.getsize(path), "records lost:", len(lost), set(lost))
    # Once there is room again the same logger goes on.
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=4000, backupCount=2)
    log.addHandler(handler)
    for number in range(RECORDS):
        log.error("record %d", number)
    handler.close()
    print(sorted(os.listdir(os.path.dirname(path))), sum(os.path.getsize(os.path.join(os.path.dirname(path), n)) for n in os.listdir(os.path.dirname(path))) < 12_000)


def logging_errors():
    stderr, sys.stderr = sys.stderr, io.StringIO()
    handler = logging.FileHandler("/dev/full")
    log = logging.getLogger("full")
    log.propagate = False
    log.addHandler(handler)
    for number in range(RECORDS):
        log.warning("record %d", number)
    log.removeHandler(handler)
    said, sys.stderr = sys.stderr.getvalue().splitlines(), stderr
    print(said.count("--- Logging error ---"), said.count("OSError: [Errno 28] No space left on device"), said[-2:])
    attempt("close of the log", handler.close)


def ends():
    print("print, then the end:", child(lambda: print("hello")))
    print("print and flush:", child(lambda: attempt_quietly(lambda: print("hello", flush=True))))
    print("os._exit:", child(lambda: (print("hello"), os._exit(7))))
    print("exit status:", child(lambda: (print("hello"), sys.exit(3))))
    print("nothing printed:", child(lambda: None))
    print("from a loop:", child(lambda: asyncio.run(talk())))


def attempt_quietly(call):
    try:
        call()
    except OSError as e:
        print(type(e).__name__, e, file=sys.stderr)


async def talk():
    print("hello")
    await asyncio.sleep(0)


files()
logging_errors()
ends()
