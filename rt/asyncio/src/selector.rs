//! Owns: the loop's epoll instance, its wake-up descriptor, and which handles wait on which files.
//! Never: runs handles.
//! Source: CPython 3.13, Lib/selectors.py (EpollSelector), Lib/asyncio/selector_events.py
//! (_add_reader … _remove_writer).

use rtcore::error::hierarchy::raise_os_error;
use rtcore::error::{PyResult, Raised};
use rtcore::value::Value;
use crate::native_io::Operations;
use crate::park::Park;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::mem::MaybeUninit;
use std::rc::Rc;

#[derive(Default)]
struct Interest {
    reader: Option<Value>,
    writer: Option<Value>,
}
pub struct Selector {
    epoll: Cell<i32>,
    wake: Cell<i32>,
    /// The tokio runtime the loop waits in; made at the first wait.
    park: RefCell<Option<Rc<Park>>>,
    files: RefCell<HashMap<i32, Interest>>,
}

fn last_error() -> Raised {
    raise_os_error(&std::io::Error::last_os_error(), None)
}

impl Selector {
    pub fn new() -> Selector {
        Selector { epoll: Cell::new(-1), wake: Cell::new(-1), park: RefCell::new(None), files: RefCell::new(HashMap::new()) }
    }
    /// Opens the descriptors at the first use: a program that only computes never does.
    pub fn open(&self) -> PyResult<()> {
        if self.epoll.get() >= 0 {
            return Ok(());
        }
        // SAFETY: plain system calls; the event lives during the call.
        unsafe {
            let ep = libc::epoll_create1(libc::EPOLL_CLOEXEC);
            if ep < 0 {
                return Err(last_error());
            }
            let wake = libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK);
            if wake < 0 {
                let e = last_error();
                libc::close(ep);
                return Err(e);
            }
            let mut ev = libc::epoll_event { events: libc::EPOLLIN as u32, u64: wake as u64 };
            libc::epoll_ctl(ep, libc::EPOLL_CTL_ADD, wake, &mut ev);
            self.epoll.set(ep);
            self.wake.set(wake);
        }
        Ok(())
    }
    pub fn close(&self) {
        drop(self.park.take());
        for fd in [self.epoll.replace(-1), self.wake.replace(-1)] {
            if fd >= 0 {
                // SAFETY: the descriptor is ours and closed once.
                unsafe { libc::close(fd) };
            }
        }
        let files = self.files.take();
        drop(files);
    }
    pub fn wake_fd(&self) -> i32 {
        self.wake.get()
    }
    /// Makes a `select` that waits in another thread, or the next one, return.
    pub fn wake(&self) {
        if self.wake.get() >= 0 {
            let one: u64 = 1;
            // SAFETY: writes eight bytes from a local to our eventfd.
            unsafe { libc::write(self.wake.get(), (&raw const one).cast(), 8) };
        }
    }
    pub fn has_files(&self) -> bool {
        !self.files.borrow().is_empty()
    }
    fn update(&self, fd: i32, known: bool, i: &Interest) -> PyResult<()> {
        self.open()?;
        let mut bits = 0;
        if i.reader.is_some() {
            bits |= libc::EPOLLIN as u32;
        }
        if i.writer.is_some() {
            bits |= libc::EPOLLOUT as u32;
        }
        let op = match (known, bits) {
            (_, 0) => libc::EPOLL_CTL_DEL,
            (true, _) => libc::EPOLL_CTL_MOD,
            (false, _) => libc::EPOLL_CTL_ADD,
        };
        let mut ev = libc::epoll_event { events: bits, u64: fd as u64 };
        // SAFETY: the event lives during the call.
        let r = unsafe { libc::epoll_ctl(self.epoll.get(), op, fd, &mut ev) };
        if r < 0 && op != libc::EPOLL_CTL_DEL {
            return Err(last_error());
        }
        Ok(())
    }
    /// Sets the reader (or writer) handle and returns the old one.
    pub fn set(&self, fd: i32, writer: bool, handle: Option<Value>) -> PyResult<Option<Value>> {
        let mut files = self.files.borrow_mut();
        let known = files.contains_key(&fd);
        if !known && handle.is_none() {
            return Ok(None);
        }
        let i = files.entry(fd).or_default();
        let side = if writer { &mut i.writer } else { &mut i.reader };
        let old = std::mem::replace(side, handle);
        let changed = old.is_some() != side.is_some();
        let i = &*i;
        if changed && let Err(e) = self.update(fd, known, i) {
            files.remove(&fd);
            return Err(e);
        }
        if i.reader.is_none() && i.writer.is_none() {
            files.remove(&fd);
        }
        Ok(old)
    }
    /// Whether somebody waits to read and to write the file.
    pub fn watched(&self, fd: i32) -> (bool, bool) {
        self.files.borrow().get(&fd).map_or((false, false), |i| (i.reader.is_some(), i.writer.is_some()))
    }
    /// What a native handle that waits for the file works for: a transport, mostly.
    pub fn owner(&self, fd: i32) -> Option<Value> {
        let files = self.files.borrow();
        let i = files.get(&fd)?;
        i.reader.iter().chain(&i.writer).find_map(crate::handles::native_target)
    }
    /// Waits up to `timeout` seconds (forever when `None`) and gives the handles that are ready,
    /// readers before writers of one file.
    pub fn select(&self, native: &Operations, timeout: Option<f64>) -> PyResult<Vec<Value>> {
        self.open()?;
        let ms = match timeout {
            None => -1,
            Some(t) if t <= 0.0 => 0,
            Some(t) => (t * 1e3).ceil().min(f64::from(i32::MAX)) as i32,
        };
        // Not zeroed: three kilobytes in every pass of the loop would cost more than the look itself.
        let mut events = [const { MaybeUninit::<libc::epoll_event>::uninit() }; 256];
        // SAFETY: the buffer has room for as many events as are asked for.
        let mut look = || unsafe { libc::epoll_wait(self.epoll.get(), events.as_mut_ptr().cast(), 256, 0) };
        if ms != 0 && crate::threads::is_main() {
            rtcore::signals::set_loop_fd(self.wake.get());
            if rtcore::signals::pending_for_loop() {
                return Ok(vec![]);
            }
        }
        let n = match ms {
            // A loop that never rests still lets native operations advance.
            0 if native.is_active() => {
                native.undefer();
                let park = self.park()?;
                rtcore::gil::allow_threads(|| {
                    park.turn(native.wakes());
                    look()
                })
            }
            0 => look(),
            _ => {
                native.undefer();
                let park = self.park()?;
                let limit = u64::try_from(ms).ok();
                rtcore::gil::allow_threads(|| park.wait(native.wakes(), limit, look))
            }
        };
        if n < 0 {
            if std::io::Error::last_os_error().raw_os_error() == Some(libc::EINTR) {
                return Ok(vec![]);
            }
            return Err(last_error());
        }
        let mut out = vec![];
        let files = self.files.borrow();
        for e in &events[..n as usize] {
            // SAFETY: epoll_wait wrote the first `n` events.
            let e = unsafe { e.assume_init_ref() };
            let (fd, bits) = (e.u64 as i32, e.events);
            if fd == self.wake.get() {
                let mut buf = [0u8; 8];
                // SAFETY: reads eight bytes into a local from our eventfd.
                unsafe { libc::read(fd, buf.as_mut_ptr().cast(), 8) };
                continue;
            }
            let Some(i) = files.get(&fd) else { continue };
            if bits & !(libc::EPOLLOUT as u32) != 0 {
                out.extend(i.reader.clone());
            }
            if bits & !(libc::EPOLLIN as u32) != 0 {
                out.extend(i.writer.clone());
            }
        }
        Ok(out)
    }
    /// The runtime that the loop waits in.
    pub fn park(&self) -> PyResult<Rc<Park>> {
        self.open()?;
        if let Some(park) = self.park.borrow().as_ref() {
            return Ok(park.clone());
        }
        let park = Rc::new(Park::new(self.epoll.get()).map_err(|e| raise_os_error(&e, None))?);
        *self.park.borrow_mut() = Some(park.clone());
        Ok(park)
    }
    pub fn visit(&self, visit: &mut dyn FnMut(&Value)) {
        for i in self.files.borrow().values() {
            i.reader.iter().chain(&i.writer).for_each(&mut *visit);
        }
    }
}
