//! Owns: the modules `pwd` and `grp`: users and groups of the system.
//! Never: changes them.
//! Source: CPython 3.13, Modules/pwdmodule.c, Modules/grpmodule.c.

use crate::posix::path::{raw, text};
use crate::posix::stat::Lazy;
use rtcore::error::{raise_args, type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::repr::repr_string;
use rtcore::protocol::sequence::as_index;
use rtcore::types::list::List;
use rtcore::types::module::{NativeModule, set_str};
use std::ffi::CString;

static PASSWD: Lazy = Lazy::new(
    "pwd",
    "struct_passwd",
    &["pw_name", "pw_passwd", "pw_uid", "pw_gid", "pw_gecos", "pw_dir", "pw_shell"],
    &[],
);
static GROUP: Lazy = Lazy::new("grp", "struct_group", &["gr_name", "gr_passwd", "gr_gid", "gr_mem"], &[]);

fn missing(text: String) -> Raised {
    raise_args(&rtcore::error::hierarchy::KEY_ERROR, vec![Value::string(text)])
}
/// # Safety
/// `p` comes from the C library and stays valid during the call.
unsafe fn user(p: *const libc::passwd) -> PyResult {
    // SAFETY: the caller's promise; the strings are the library's.
    unsafe {
        let p = &*p;
        PASSWD.make(vec![
            text(p.pw_name)?,
            text(p.pw_passwd)?,
            Value::int(p.pw_uid.into()),
            Value::int(p.pw_gid.into()),
            text(p.pw_gecos)?,
            text(p.pw_dir)?,
            text(p.pw_shell)?,
        ])
    }
}
/// # Safety
/// As for `user`.
unsafe fn group(p: *const libc::group) -> PyResult {
    // SAFETY: the caller's promise; the array of members ends with a null pointer.
    unsafe {
        let p = &*p;
        let mut members = vec![];
        let mut at = p.gr_mem;
        while !at.is_null() && !(*at).is_null() {
            members.push(text(*at)?);
            at = at.add(1);
        }
        GROUP.make(vec![text(p.gr_name)?, text(p.gr_passwd)?, Value::int(p.gr_gid.into()), List::value(members)])
    }
}
fn name_arg(v: &Value, function: &str) -> PyResult<CString> {
    let Some(name) = raw(v)?.filter(|_| v.as_str_obj().is_some()) else {
        return Err(type_error(format!("{function}() argument must be str, not {}", v.ty().full_name())));
    };
    CString::new(name).map_err(|_| value_error("embedded null byte"))
}
fn id_arg(v: &Value) -> PyResult<Option<u32>> {
    let n = as_index(v)?;
    Ok(if n == -1 { Some(u32::MAX) } else { u32::try_from(n).ok() })
}
fn getpwuid(uid: &Value) -> PyResult {
    // SAFETY: null or a structure that is copied at once; the GIL keeps other callers away.
    let found = id_arg(uid)?.map_or(std::ptr::null_mut(), |n| unsafe { libc::getpwuid(n) });
    if found.is_null() {
        return Err(missing(format!("getpwuid(): uid not found: {}", repr_string(uid)?)));
    }
    // SAFETY: not null.
    unsafe { user(found) }
}
fn getpwnam(name: &Value) -> PyResult {
    let c = name_arg(name, "getpwnam")?;
    // SAFETY: as above.
    let found = unsafe { libc::getpwnam(c.as_ptr()) };
    if found.is_null() {
        return Err(missing(format!("getpwnam(): name not found: {}", repr_string(name)?)));
    }
    // SAFETY: not null.
    unsafe { user(found) }
}
fn getpwall() -> PyResult {
    let mut all = vec![];
    // SAFETY: the library's list, read from its start to its end under the GIL.
    unsafe {
        libc::setpwent();
        loop {
            let p = libc::getpwent();
            if p.is_null() {
                break;
            }
            all.push(user(p)?);
        }
        libc::endpwent();
    }
    Ok(List::value(all))
}
fn getgrgid(gid: &Value) -> PyResult {
    // SAFETY: as in `getpwuid`.
    let found = id_arg(gid)?.map_or(std::ptr::null_mut(), |n| unsafe { libc::getgrgid(n) });
    if found.is_null() {
        return Err(missing(format!("getgrgid(): gid not found: {}", repr_string(gid)?)));
    }
    // SAFETY: not null.
    unsafe { group(found) }
}
fn getgrnam(name: &Value) -> PyResult {
    let c = name_arg(name, "getgrnam")?;
    // SAFETY: as in `getpwuid`.
    let found = unsafe { libc::getgrnam(c.as_ptr()) };
    if found.is_null() {
        return Err(missing(format!("getgrnam(): name not found: {}", repr_string(name)?)));
    }
    // SAFETY: not null.
    unsafe { group(found) }
}
fn getgrall() -> PyResult {
    let mut all = vec![];
    // SAFETY: as in `getpwall`.
    unsafe {
        libc::setgrent();
        loop {
            let p = libc::getgrent();
            if p.is_null() {
                break;
            }
            all.push(group(p)?);
        }
        libc::endgrent();
    }
    Ok(List::value(all))
}
static PWD_FUNCTIONS: &[Method] = &[
    Method::new("getpwuid(uid, /)", F1(getpwuid)),
    Method::new("getpwnam(name, /)", F1(getpwnam)),
    Method::new("getpwall()", F0(getpwall)),
];
static GRP_FUNCTIONS: &[Method] =
    &[Method::new("getgrgid(id)", F1(getgrgid)), Method::new("getgrnam(name)", F1(getgrnam)), Method::new("getgrall()", F0(getgrall))];
fn pwd_setup(m: &Value) -> PyResult<()> {
    set_str(m, "struct_passwd", Value::of_type(PASSWD.get()?));
    Ok(())
}
fn grp_setup(m: &Value) -> PyResult<()> {
    set_str(m, "struct_group", Value::of_type(GROUP.get()?));
    Ok(())
}
pub static PWD: NativeModule = NativeModule::new("pwd", PWD_FUNCTIONS, pwd_setup);
pub static GRP: NativeModule = NativeModule::new("grp", GRP_FUNCTIONS, grp_setup);
