//! Owns: the C library's math functions that Rust's `f64` lacks; CPython calls the same ones, so results agree to
//! the last bit. Never: checks domains.

mod c {
    unsafe extern "C" {
        pub safe fn frexp(x: f64, e: &mut i32) -> f64;
        pub safe fn ldexp(x: f64, e: i32) -> f64;
        pub safe fn erf(x: f64) -> f64;
        pub safe fn erfc(x: f64) -> f64;
        pub safe fn nextafter(x: f64, y: f64) -> f64;
        pub safe fn remainder(x: f64, y: f64) -> f64;
        pub safe fn fmod(x: f64, y: f64) -> f64;
        pub safe fn pow(x: f64, y: f64) -> f64;
        pub safe fn acosh(x: f64) -> f64;
        pub safe fn asinh(x: f64) -> f64;
        pub safe fn atanh(x: f64) -> f64;
        pub safe fn exp2(x: f64) -> f64;
        pub safe fn log1p(x: f64) -> f64;
        pub safe fn expm1(x: f64) -> f64;
        pub safe fn hypot(x: f64, y: f64) -> f64;
        pub safe fn fma(x: f64, y: f64, z: f64) -> f64;
    }
}
pub use c::{
    acosh, asinh, atanh, erf, erfc, exp2, expm1, fma, fmod, hypot, ldexp, log1p, nextafter, pow, remainder,
};

/// `(m, e)` with `x == m * 2**e` and `0.5 <= |m| < 1`.
pub fn frexp(x: f64) -> (f64, i32) {
    let mut e = 0;
    let m = c::frexp(x, &mut e);
    (m, e)
}

/// The C library's cube root. Rust's builtins carry another of the same name that rounds differently, so this one is
/// looked up by name in the loaded library.
pub fn cbrt(x: f64) -> f64 {
    type Fn1 = extern "C" fn(f64) -> f64;
    static FOUND: std::sync::OnceLock<Option<Fn1>> = std::sync::OnceLock::new();
    let found = FOUND.get_or_init(|| {
        // SAFETY: the name is a C string; a symbol called `cbrt` of the C library has this signature.
        unsafe {
            let p = libc::dlsym(libc::RTLD_DEFAULT, c"cbrt".as_ptr());
            (!p.is_null()).then(|| std::mem::transmute::<*mut libc::c_void, Fn1>(p))
        }
    });
    match found {
        Some(f) => f(x),
        None => x.cbrt(),
    }
}
