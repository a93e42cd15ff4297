import os
import stat

base = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"tauraro_os_basics_{os.getpid()}")
os.mkdir(base)
os.makedirs(os.path.join(base, "d", "e"), exist_ok=True)
name = os.path.join(base, "x.txt")
fd = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
print(os.write(fd, b"hello"), os.get_inheritable(fd), os.isatty(fd))
os.close(fd)
s = os.stat(name)
print(s.st_size, oct(s.st_mode), stat.filemode(s.st_mode), len(s), s.n_fields, s[8] == int(s.st_mtime), s.st_mtime_ns // 10**9 == s[8])
os.utime(name, ns=(10**9, 2 * 10**9))
print(os.stat(name).st_mtime, os.path.getmtime(name), os.stat(name)[7])
os.utime(name, (3.5, 4.25))
print(os.stat(name).st_atime, os.stat(name).st_mtime_ns)
os.chmod(name, 0o600)
os.symlink("x.txt", os.path.join(base, "l"))
os.link(name, os.path.join(base, "h"))
print(os.readlink(os.path.join(base, "l")), os.stat(name).st_nlink, os.path.islink(os.path.join(base, "l")), os.lstat(os.path.join(base, "l")).st_size)
print([(os.path.relpath(r, base), sorted(d), sorted(f)) for r, d, f in os.walk(base)])
with os.scandir(base) as it:
    for e in sorted(it, key=lambda e: e.name):
        print(repr(e), e.is_dir(), e.is_file(), e.is_symlink(), e.is_file(follow_symlinks=False), e.stat().st_size if e.is_file() else None, e.path == os.path.join(base, e.name))
print(sorted(os.listdir(os.fsencode(base))))


def attempt(f, *args, **kw):
    try:
        print(f(*args, **kw))
    except Exception as e:
        print(type(e).__name__, str(e).replace(base, "BASE"), getattr(e, "errno", None), getattr(e, "filename2", None) is None)


attempt(os.stat, os.path.join(base, "nope"))
attempt(os.rename, os.path.join(base, "nope"), "/nope2")
attempt(os.mkdir, base)
attempt(os.rmdir, base)
attempt(os.listdir, name)
attempt(os.close, 999)
attempt(os.read, 999, 1)
attempt(os.stat, None)
attempt(os.stat, "a\0b")
attempt(os.mkdir, 3)
attempt(os.listdir, 3.5)
attempt(os.stat)
attempt(os.fspath, 3)
attempt(os.stat, "x", dir_fd="a")
attempt(os.putenv, "a=b", "c")
attempt(os.kill, 2**22 + 5, 0)
attempt(os.waitpid, -1, 0)
attempt(os.utime, name, times=(1, 2), ns=(1, 2))
attempt(os.urandom, -1)
attempt(os.stat, 2**70)
attempt(os.replace, 3, 4)
r, w = os.pipe()
os.write(w, b"abc")
print(os.read(r, 10))
os.close(w)
print(os.read(r, 10))
os.close(r)
pid = os.fork()
if pid == 0:
    os._exit(7)
done, status = os.waitpid(pid, 0)
print(done == pid, os.WIFEXITED(status), os.WEXITSTATUS(status), os.waitstatus_to_exitcode(status))
os.environ["TAURARO_FOO"] = "bar"
print(os.getenv("TAURARO_FOO"), os.environb[b"TAURARO_FOO"], os.system('test "$TAURARO_FOO" = bar'))
del os.environ["TAURARO_FOO"]
print(os.getenv("TAURARO_FOO", "gone"), len(os.urandom(5)), os.strerror(2), os.cpu_count() >= 1)
print(os.stat in os.supports_dir_fd, os.scandir in os.supports_fd, os.terminal_size((80, 24)))
cwd = os.getcwd()
os.chdir(base)
print(os.path.basename(os.getcwd()) == os.path.basename(base), sorted(e.path for e in os.scandir()))
os.chdir(cwd)
for n in ("x.txt", "l", "h"):
    os.unlink(os.path.join(base, n))
os.removedirs(os.path.join(base, "d", "e"))
print(os.path.exists(base))
