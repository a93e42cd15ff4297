//! Owns: the module `_posixsubprocess`: starting a program in a child process.
//! Never: waits for it. Between fork and exec only system calls are made, except for `preexec_fn`.
//! Source: CPython 3.13, Modules/_posixsubprocess.c.

use crate::posix::path::{int, raw};
use crate::posix::process::{pointers, run_hooks};
use rtcore::error::hierarchy::raise_os_error;
use rtcore::error::{type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::iter::collect;
use rtcore::protocol::sequence::{as_index, truth};
use rtcore::types::module::NativeModule;
use std::ffi::CString;
use std::io;

fn c_string(v: &Value) -> PyResult<CString> {
    let found = match raw(v)? {
        Some(found) => found,
        None => match rtcore::protocol::call::try_special(v, rtcore::types::class::special::Special::Fspath, &[]) {
            Some(p) => raw(&p?)?.unwrap_or_default(),
            None => return Err(type_error(format!("expected str, bytes or os.PathLike object, not {}", v.ty().name()))),
        },
    };
    CString::new(found).map_err(|_| value_error("embedded null byte"))
}
fn c_strings(v: &Value) -> PyResult<Vec<CString>> {
    collect(v)?.iter().map(c_string).collect()
}

/// What the child does, ready before the fork.
struct Plan {
    args: Vec<CString>,
    programs: Vec<CString>,
    env: Option<Vec<CString>>,
    cwd: Option<CString>,
    close_fds: bool,
    keep: Vec<i32>,
    /// stdin, stdout, stderr: the child's ends, then the parent's.
    child: [i32; 3],
    parent: [i32; 3],
    error_read: i32,
    error_write: i32,
    restore_signals: bool,
    new_session: bool,
    process_group: i32,
    gid: Option<u32>,
    groups: Option<Vec<u32>>,
    uid: Option<u32>,
    umask: i32,
    preexec: Value,
}
/// Where the child failed: what the parent's message says.
enum Failed {
    Before,
    Chdir,
    Preexec,
    Exec,
}

/// # Safety
/// Runs in the child after fork, which never returns from here.
unsafe fn child(plan: &Plan, argv: &[*const libc::c_char], envp: Option<&[*const libc::c_char]>) -> Failed {
    fn ok(n: i32) -> Result<i32, Failed> {
        if n < 0 { Err(Failed::Before) } else { Ok(n) }
    }
    /// # Safety
    /// As for `child`.
    unsafe fn prepare(plan: &Plan) -> Result<(), Failed> {
        // SAFETY: plain system calls on descriptors that the plan owns and on strings that live in it.
        unsafe {
            for fd in plan.keep.iter().filter(|fd| **fd != plan.error_write) {
                ok(libc::fcntl(*fd, libc::F_SETFD, 0))?;
            }
            for fd in plan.parent.iter().chain([&plan.error_read]).filter(|fd| **fd != -1) {
                ok(libc::close(*fd))?;
            }
            let [stdin, mut stdout, mut stderr] = plan.child;
            // A descriptor that stands where another one goes is moved away first.
            if stdout == 0 {
                stdout = ok(libc::dup(stdout))?;
            }
            while stderr == 0 || stderr == 1 {
                stderr = ok(libc::dup(stderr))?;
            }
            for (fd, place) in [(stdin, 0), (stdout, 1), (stderr, 2)] {
                if fd == place {
                    ok(libc::fcntl(fd, libc::F_SETFD, 0))?;
                } else if fd != -1 {
                    ok(libc::dup2(fd, place))?;
                }
            }
            if let Some(cwd) = &plan.cwd
                && libc::chdir(cwd.as_ptr()) < 0
            {
                return Err(Failed::Chdir);
            }
            if plan.umask >= 0 {
                libc::umask(plan.umask as libc::mode_t);
            }
            // Threads beside the main one have signals blocked; the program starts with none.
            if !rtcore::gil::is_main() {
                let mut none: libc::sigset_t = std::mem::zeroed();
                libc::sigemptyset(&mut none);
                libc::pthread_sigmask(libc::SIG_SETMASK, &none, std::ptr::null_mut());
            }
            if plan.restore_signals {
                libc::signal(libc::SIGPIPE, libc::SIG_DFL);
                libc::signal(libc::SIGXFSZ, libc::SIG_DFL);
            }
            if plan.new_session {
                ok(libc::setsid())?;
            }
            if plan.process_group >= 0 {
                ok(libc::setpgid(0, plan.process_group))?;
            }
            if let Some(groups) = &plan.groups {
                ok(libc::setgroups(groups.len(), groups.as_ptr()))?;
            }
            if let Some(gid) = plan.gid {
                ok(libc::setregid(gid, gid))?;
            }
            if let Some(uid) = plan.uid {
                ok(libc::setreuid(uid, uid))?;
            }
            Ok(())
        }
    }
    // SAFETY: as above; the arrays end with null pointers.
    unsafe {
        if let Err(failed) = prepare(plan) {
            return failed;
        }
        if !plan.preexec.is_none() && rtcore::protocol::call::call(&plan.preexec, &[]).is_err() {
            return Failed::Preexec;
        }
        if plan.close_fds {
            close_all_but(&plan.keep);
        }
        let mut first = 0;
        for program in &plan.programs {
            match envp {
                Some(env) => libc::execve(program.as_ptr(), argv.as_ptr(), env.as_ptr()),
                None => libc::execv(program.as_ptr(), argv.as_ptr()),
            };
            let e = *libc::__errno_location();
            if e != libc::ENOENT && e != libc::ENOTDIR && first == 0 {
                first = e;
            }
        }
        if first != 0 {
            *libc::__errno_location() = first;
        }
        Failed::Exec
    }
}
/// Closes every descriptor from 3 on; `keep` is sorted.
///
/// # Safety
/// Nothing else in the process may need them.
unsafe fn close_all_but(keep: &[i32]) {
    let mut from = 3i64;
    for fd in keep.iter().map(|fd| i64::from(*fd)).chain([i64::from(i32::MAX)]) {
        if fd > from {
            // SAFETY: plain system calls.
            unsafe {
                if libc::syscall(libc::SYS_close_range, from as u32, (fd - 1) as u32, 0) < 0 {
                    let most = libc::sysconf(libc::_SC_OPEN_MAX).clamp(256, 1 << 16);
                    for fd in from..fd.min(most) {
                        libc::close(fd as i32);
                    }
                }
            }
        }
        from = from.max(fd + 1);
    }
}
/// Tells the parent what failed, without allocating.
///
/// # Safety
/// As for `child`.
unsafe fn report(fd: i32, failed: &Failed) {
    // SAFETY: writes from buffers on the stack.
    unsafe {
        let mut e = *libc::__errno_location();
        let write = |text: &[u8]| {
            libc::write(fd, text.as_ptr().cast(), text.len());
        };
        if matches!(failed, Failed::Preexec) {
            write(b"SubprocessError:0:Exception occurred in preexec_fn.");
            return;
        }
        let mut hex = [0u8; 8];
        let mut at = hex.len();
        while e > 0 && at > 0 {
            at -= 1;
            hex[at] = b"0123456789abcdef"[(e % 16) as usize];
            e /= 16;
        }
        write(b"OSError:");
        write(&hex[at..]);
        write(match failed {
            Failed::Before => b":noexec",
            Failed::Chdir => b":noexec:chdir",
            Failed::Exec | Failed::Preexec => b":",
        });
    }
}

fn fork_exec(a: &[Value]) -> PyResult {
    let [
        args,
        programs,
        close_fds,
        keep,
        cwd,
        env,
        p2cread,
        p2cwrite,
        c2pread,
        c2pwrite,
        errread,
        errwrite,
        error_read,
        error_write,
        restore_signals,
        new_session,
        process_group,
        gid,
        groups,
        uid,
        umask,
        preexec,
        _vfork,
    ] = a
    else {
        return Err(type_error("fork_exec expected 23 arguments"));
    };
    let optional_id = |v: &Value| if v.is_none() { Ok(None) } else { crate::posix::path::id(v).map(Some) };
    let mut keep_fds = vec![];
    for v in collect(keep)? {
        let fd = as_index(&v)?;
        match i32::try_from(fd) {
            Ok(fd) if keep_fds.last().is_none_or(|last| *last < fd) && fd >= 0 => keep_fds.push(fd),
            Ok(_) | Err(_) => return Err(value_error("bad value(s) in fds_to_keep")),
        }
    }
    let plan = Plan {
        args: c_strings(args)?,
        programs: c_strings(programs)?,
        env: if env.is_none() { None } else { Some(c_strings(env)?) },
        cwd: if cwd.is_none() { None } else { Some(c_string(cwd)?) },
        close_fds: truth(close_fds)?,
        keep: keep_fds,
        child: [int(p2cread)?, int(c2pwrite)?, int(errwrite)?],
        parent: [int(p2cwrite)?, int(c2pread)?, int(errread)?],
        error_read: int(error_read)?,
        error_write: int(error_write)?,
        restore_signals: truth(restore_signals)?,
        new_session: truth(new_session)?,
        process_group: int(process_group)?,
        gid: optional_id(gid)?,
        groups: if groups.is_none() { None } else { Some(collect(groups)?.iter().map(crate::posix::path::id).collect::<PyResult<_>>()?) },
        uid: optional_id(uid)?,
        umask: int(umask)?,
        preexec: preexec.clone(),
    };
    if plan.close_fds && plan.error_write < 3 {
        return Err(value_error("errpipe_write must be >= 3"));
    }
    let argv = pointers(&plan.args);
    let envp = plan.env.as_deref().map(pointers);
    let hooks = !plan.preexec.is_none();
    if hooks {
        run_hooks(0);
    }
    // SAFETY: the child only runs `child`, which execs or reports and exits.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        if hooks {
            run_hooks(2);
        }
        // SAFETY: this is the child.
        unsafe {
            let failed = child(&plan, &argv, envp.as_deref());
            report(plan.error_write, &failed);
            libc::_exit(255);
        }
    }
    let e = io::Error::last_os_error();
    if hooks {
        run_hooks(1);
    }
    if pid < 0 { Err(raise_os_error(&e, None)) } else { Ok(Value::int(pid.into())) }
}
static FUNCTIONS: &[Method] = &[Method::new(
    "fork_exec(args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write, restore_signals, call_setsid, pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn, allow_vfork, /)",
    N(fork_exec),
)];
fn setup(_: &Value) -> PyResult<()> {
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("_posixsubprocess", FUNCTIONS, setup);
