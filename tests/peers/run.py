#!/usr/bin/env python3
"""Compiled programs against peers that were not written here: curl, wrk, CPython's http.server, OpenSSL, PyPI's
websockets. What is not installed is skipped, and said.

    cargo build --release
    python3.13 tests/peers/run.py [--seconds 60] [--dev] [--tauraro PATH] [--websockets PYTHON] [http tls ...]

Each program also runs under CPython against the same peer where that makes sense: both must print the same.
"""
import argparse
import contextlib
import difflib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
PROGRAMS = HERE / "programs"
failures, skipped = [], []


def check(what, good, detail=""):
    print(("ok      " if good else "FAILED  ") + what, detail if not good else "", flush=True)
    if not good:
        failures.append(what)


def missing(what, *programs):
    for name in programs:
        if shutil.which(name) is None:
            skipped.append(f"{what}: {name} is not installed")
            print("skipped", skipped[-1])
            return True
    return False


class Bench:
    def __init__(self, options):
        self.options = options
        self.folder = Path(tempfile.mkdtemp(prefix="peers"))
        self.environment = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}

    def compiled(self, source):
        out = self.folder / (source.parent.name + "-" + source.stem)
        if not out.exists():
            print("compiling", source.name, flush=True)
            subprocess.run([self.options.tauraro, "build", *(["--dev"] if self.options.dev else []), source, "-o", out], check=True, stderr=subprocess.DEVNULL)
        return [out]

    def output(self, command, limit=120):
        done = subprocess.run([str(part) for part in command], capture_output=True, timeout=limit, env=self.environment)
        return done.returncode, done.stdout, done.stderr

    def talk(self, command, lines):
        """Sends lines to a program, each after the answer to the one before, and reads what it prints to the end."""
        child = subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out = b""
        with contextlib.suppress(BrokenPipeError):
            for line in lines:
                child.stdin.write(line)
                child.stdin.flush()
                out += child.stdout.readline()
        rest, err = child.communicate(timeout=20)
        return child.returncode, out + rest, err

    @contextlib.contextmanager
    def server(self, command, port=None):
        """A server that prints its port first, or that listens on the given one; ended by SIGTERM."""
        log = open(self.folder / "server.log", "w+b")
        child = subprocess.Popen([str(part) for part in command], stdout=log, stderr=subprocess.DEVNULL, stdin=subprocess.PIPE, env=self.environment, cwd=self.folder)
        child.said = lambda: (log.seek(0), log.read().decode())[1]
        try:
            end = time.monotonic() + 20
            while port is None and time.monotonic() < end and child.poll() is None:
                found = re.search(r"(\d+)\n", child.said())
                port = int(found[1]) if found else None
                time.sleep(0.02)
            child.port = port
            time.sleep(0.3)
            yield child
        finally:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                check("the server ends", False, str(command[0]))
            log.close()


def resident(process):
    with open(f"/proc/{process}/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGESIZE") // 1024


def same(what, got, wanted):
    lines = difflib.unified_diff(wanted.decode(errors="replace").splitlines(), got.decode(errors="replace").splitlines(), "CPython", "compiled", lineterm="")
    check(what, got == wanted, "\n" + "\n".join(lines))


def http_server(bench):
    with bench.server([*bench.compiled(REPOSITORY / "examples/http_server/main.py"), "0"]) as server:
        base = f"http://127.0.0.1:{server.port}"
        if not missing("the HTTP server", "curl"):
            big = bench.folder / "big"
            big.write_bytes(b"z" * 1_000_000)
            asked = [
                (["/"], b"hello\n", "200"), (["/greet/J%C3%BCrgen"], "hello, Jürgen\n".encode(), "200"), (["-I", "/bytes/1000"], None, "200"),
                (["/missing"], b"nothing here\n", "404"), (["-X", "DELETE", "/"], b"not this way\n", "405"), (["-d", "a=1", "/echo"], b"a=1", "200"),
                (["-T", str(big), "/echo"], big.read_bytes(), "200"), (["-H", "Transfer-Encoding: chunked", "-d", "in chunks", "/echo"], b"in chunks", "200"),
                (["/count/1000"], b"".join(b"%d\n" % n for n in range(1000)), "200"), (["/query?a=1&a=2"], b'{"a": ["1", "2"]}', "200"),
                (["--http1.0", "/count/3"], b"0\n1\n2\n", "200"), (["/nothing"], b"", "204"), (["/fail"], b"an error\n", "500"),
                (["-H", "X-Long: " + "x" * 70_000, "/"], b"\n", "431"), (["-d", "x" * 10, "-H", "Content-Length: 2000000", "/echo"], b"\n", "413"),
            ]
            for words, body, status in asked:
                *options, path = words
                code, out, err = bench.output(["curl", "-sS", "-m", "20", "-w", "%{stderr}%{http_code}", *options, base + path])
                good = code == 0 and err.decode().endswith(status) and body in (None, out)
                check(f"curl {' '.join(words)[:60]}", good, f"{code} {err} {out[:80]}")
            code, out, err = bench.output(["curl", "-sS", "-m", "20", "-w", "%{num_connects}\n", *[word for n in range(20) for word in ("-o", "/dev/null", f"{base}/bytes/{n}")]])
            check("curl: one connection for twenty requests", code == 0 and out.split() == [b"1"] + [b"0"] * 19, f"{code} {err} {out}")
        if not missing("the HTTP server under load", "wrk"):
            sizes = []
            for seconds in [max(2, bench.options.seconds // 10), bench.options.seconds]:
                code, out, err = bench.output(["wrk", "-t2", "-c100", f"-d{seconds}s", f"{base}/greet/wrk"], limit=seconds + 60)
                out = out.decode()
                sizes.append(resident(server.pid))
                troubles = [line for line in out.splitlines() if "Socket errors" in line or "Non-2xx" in line]
                rate = re.search(r"Requests/sec: *([\d.]+)", out)
                check(f"wrk for {seconds} s: {rate[1] if rate else '?'} requests/s, {sizes[-1]} KiB", code == 0 and not troubles, f"{troubles} {err}")
            check("the server does not grow under wrk", sizes[1] <= sizes[0] * 1.1 + 2048, str(sizes))
    check("the HTTP server ends by SIGTERM", server.returncode == 0, str(server.returncode))


def http_client(bench):
    site = bench.folder / "site"
    (site / "folder").mkdir(parents=True)
    (site / "hello.txt").write_text("hello from a file\n")
    (site / "big.bin").write_bytes(bytes(range(256)) * 2000)
    (site / "folder" / "inside.txt").write_text("inside\n")
    source = PROGRAMS / "http_client.py"
    for protocol in ["HTTP/1.0", "HTTP/1.1"]:
        serving = "import http.server, sys, functools; H = http.server.SimpleHTTPRequestHandler; H.protocol_version = sys.argv[2]\n"
        serving += "s = http.server.ThreadingHTTPServer(('127.0.0.1', 0), functools.partial(H, directory=sys.argv[1])); print(s.server_port, flush=True); s.serve_forever()"
        with bench.server([sys.executable, "-c", serving, site, protocol]) as server:
            code, out, _ = bench.output([*bench.compiled(source), server.port, protocol])
            wanted = bench.output([sys.executable, source, server.port, protocol])[1]
            port = str(server.port).encode()
            same(f"http.client, urllib and streams against http.server ({protocol})", out.replace(port, b"PORT"), wanted.replace(port, b"PORT"))
            check("  and it ended well", code == 0, str(code))


def tls(bench):
    if missing("TLS", "openssl"):
        return
    key, certificate = bench.folder / "key.pem", bench.folder / "certificate.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-addext", "keyUsage=digitalSignature,keyCertSign", "-addext", "extendedKeyUsage=serverAuth"]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", certificate, *subject], check=True, capture_output=True)
    with bench.server([*bench.compiled(PROGRAMS / "tls_server.py"), certificate, key]) as server:
        for words in [["-tls1_3"], ["-tls1_2"], ["-tls1_3", "-alpn", "lines"], ["-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"], ["-tls1_2", "-cipher", "ECDHE-RSA-AES256-GCM-SHA384"]]:
            asking = ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-servername", "localhost", "-CAfile", certificate, "-verify_return_error", "-quiet", "-no_ign_eof", *words]
            code, out, err = bench.talk(asking, [b"hello, server\n", b"x" * 20_000 + b"\n"])
            check(f"openssl s_client {' '.join(words)}", out == b"HELLO, SERVER\n" + b"X" * 20_000 + b"\n", f"{code} {err[-300:]} {out[:80]}")
        code, out, err = bench.talk(["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-tls1_1", "-quiet"], [])
        check("openssl s_client -tls1_1 is refused", code != 0, f"{code}")
        time.sleep(0.3)
        said = server.said().splitlines()[1:]
        check("what the server saw", said.count("TLSv1.3 None closed") == 2 and said.count("TLSv1.2 None closed") == 2 and "TLSv1.3 lines closed" in said, str(said))
    free = bench.output([sys.executable, "-c", "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1])"])[1].decode().strip()
    with bench.server(["openssl", "s_server", "-accept", f"127.0.0.1:{free}", "-cert", certificate, "-key", key, "-rev", "-quiet"], port=free):
        code, out, err = bench.output([*bench.compiled(PROGRAMS / "tls_client.py"), free, certificate])
        wanted = bench.output([sys.executable, PROGRAMS / "tls_client.py", free, certificate])[1]
        same("a compiled TLS client against openssl s_server", out, wanted)


def websockets(bench):
    python = bench.options.websockets
    if subprocess.run([python, "-c", "import websockets.asyncio.server"], capture_output=True).returncode:
        skipped.append(f"WebSockets: {python} has no websockets")
        print("skipped", skipped[-1])
        return
    client, server = PROGRAMS / "ws_client.py", PROGRAMS / "ws_server.py"
    for mode in [[], ["plain"]]:
        transcripts = {}
        for who in ["PyPI to PyPI", "compiled to PyPI", "PyPI to compiled", "compiled to compiled"]:
            asks, answers = who.split(" to ")
            serving = bench.compiled(server) if answers == "compiled" else [python, server]
            asking = bench.compiled(client) if asks == "compiled" else [python, client]
            with bench.server([*serving, *mode]) as running:
                code, out, err = bench.output([*asking, running.port, *mode])
                time.sleep(0.3)
                saw = sorted(running.said().splitlines()[1:])
            transcripts[who] = (out, "\n".join(saw).encode(), err)
            name = f"websockets{' without compression' if mode else ''}, {who}"
            check(f"{name}: ends", code == 0, err.decode()[-600:])
            same(f"{name}: the client's account", out, transcripts["PyPI to PyPI"][0])
            same(f"{name}: the server's account", transcripts[who][1], transcripts["PyPI to PyPI"][1])


SCENES = {"http": http_server, "client": http_client, "tls": tls, "websockets": websockets}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenes", nargs="*", choices=[*SCENES, []], metavar="scene", help=", ".join(SCENES))
    parser.add_argument("--seconds", type=int, default=60, help="how long wrk asks")
    parser.add_argument("--dev", action="store_true", help="compile quickly instead of well")
    parser.add_argument("--tauraro", default=REPOSITORY / "target/release/tauraro")
    parser.add_argument("--websockets", default=sys.executable, metavar="PYTHON", help="a CPython 3.13 that has PyPI's websockets")
    options = parser.parse_args()
    bench = Bench(options)
    try:
        for name in options.scenes or SCENES:
            print("--", name)
            SCENES[name](bench)
    finally:
        shutil.rmtree(bench.folder)
    print(f"{len(failures)} failed", *failures, sep="\n  ")
    print(f"{len(skipped)} skipped", *skipped, sep="\n  ")
    sys.exit(bool(failures))


main()
