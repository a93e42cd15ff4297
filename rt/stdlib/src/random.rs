//! Owns: the `random` module: `Random`, `SystemRandom` and the functions of the hidden instance.
//! Never: the generator and the distributions (`num::twister`, `num::dist`).
//!
//! CPython 3.13: Lib/random.py, Modules/_randommodule.c.

mod sequences;

use rtcore::error::{type_error, value_error};
use rtcore::methods::*;
use rtcore::num::twister::Twister;
use rtcore::num::{Int, IntRef, dist, int};
use rtcore::protocol::call::call_method_name;
use rtcore::protocol::number::{self, bytes_of, bytes_value, float_of, index_int, int_ref, to_f64};
use rtcore::protocol::{attr, hash};
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::tuple;
use std::cell::{Cell, RefCell};

/// The body of a generator.
pub struct Generator {
    twister: RefCell<Twister>,
    spare: Cell<Option<f64>>,
}
impl Payload for Generator {}
impl Native for Generator {
    fn class() -> &'static Type {
        &RANDOM
    }
}

fn this(v: &Value) -> PyResult<&Generator> {
    v.downcast::<Generator>().ok_or_else(|| type_error("descriptor requires a '_random.Random' object"))
}

/// Bytes from the operating system.
fn entropy(n: usize) -> Vec<u8> {
    let mut buf = vec![0u8; n];
    let mut done = 0;
    while done < n {
        // SAFETY: the pointer and the length describe the rest of the buffer.
        let got = unsafe { libc::getrandom(buf.as_mut_ptr().add(done).cast(), n - done, 0) };
        if got <= 0 {
            break;
        }
        done += got as usize;
    }
    buf
}
fn from_entropy() -> Twister {
    let words: Vec<u32> =
        entropy(2496).chunks_exact(4).map(|c| c.iter().fold(0, |acc, b| acc << 8 | u32::from(*b))).collect();
    Twister::from_words(&words)
}

/// True when the method is the one of this file, not overridden in a subclass.
fn is_own(v: &Value, name: &str) -> bool {
    std::ptr::eq(v.ty(), &RANDOM) || v.ty().lookup_where(Name::new(name)).is_some_and(|(t, _)| std::ptr::eq(t, &RANDOM))
}

/// `self.random()` for distributions.
struct Source<'a> {
    v: &'a Value,
    own: Option<&'a Generator>,
}
impl<'a> Source<'a> {
    fn new(v: &'a Value) -> PyResult<Source<'a>> {
        let own = if is_own(v, "random") { Some(this(v)?) } else { None };
        Ok(Source { v, own })
    }
}
impl dist::Source for Source<'_> {
    type Error = Raised;
    fn random(&mut self) -> Result<f64, Raised> {
        match self.own {
            Some(g) => Ok(g.twister.borrow_mut().random()),
            None => to_f64(&call_method_name(self.v, Name::new("random"), &[])?),
        }
    }
}

/// `self._randbelow(n)` for `n > 0`. A subclass decides by which of its methods comes first in its resolution order.
pub fn below(v: &Value, n: &Int) -> PyResult<Int> {
    if std::ptr::eq(v.ty(), &RANDOM) {
        return Ok(this(v)?.twister.borrow_mut().below(n.as_ref()));
    }
    let (below, bits, random) = (Name::new("_randbelow"), Name::new("getrandbits"), Name::new("random"));
    for t in v.ty().mro() {
        if std::ptr::eq(*t, &RANDOM) {
            break;
        }
        if t.own(below).is_some() {
            return index_int(&call_method_name(v, below, &[n.clone().into()])?);
        }
        if t.own(bits).is_some() {
            let k = Value::int(n.as_ref().bit_length() as i64);
            loop {
                let r = index_int(&call_method_name(v, bits, std::slice::from_ref(&k))?)?;
                if r < *n {
                    return Ok(r);
                }
            }
        }
        if t.own(random).is_some() {
            return below_by_random(v, n, random);
        }
    }
    Ok(this(v)?.twister.borrow_mut().below(n.as_ref()))
}
fn below_by_random(v: &Value, n: &Int, random: Name) -> PyResult<Int> {
    const MAX: i64 = 1 << 53;
    let next = || to_f64(&call_method_name(v, random, &[])?);
    match n.to_i64() {
        Some(n) if n < MAX => {
            let limit = (MAX - MAX % n) as f64 / MAX as f64;
            loop {
                let r = next()?;
                if r < limit {
                    return Ok(Int::from((r * MAX as f64).floor() as i64 % n));
                }
            }
        }
        Some(_) | None => Ok(int::from_f64((next()? * int::to_float(n.as_ref())?).floor())?),
    }
}

fn new(all: &[Value], _kw: &[Name]) -> PyResult {
    let Some(ty) = all.first().and_then(Value::as_type) else {
        return Err(type_error("Random.__new__(X): X is not a type object"));
    };
    Ok(object::new(ty, Generator { twister: RefCell::new(from_entropy()), spare: Cell::new(None) }))
}
fn init(v: &Value, x: &Value) -> PyResult {
    call_method_name(v, Name::new("seed"), std::slice::from_ref(x))?;
    Ok(NONE)
}
fn seed(v: &Value, a: &Value, version: &Value) -> PyResult {
    let g = this(v)?;
    let version = int_ref(version).and_then(IntRef::to_i64).unwrap_or(2);
    let text = match a.as_str_obj() {
        Some(s) => Some(s.as_bytes().to_vec()),
        None => bytes_of(a),
    };
    let t = match text {
        Some(_) if version == 1 => Twister::from_int(IntRef::Small(old_hash(a)?)),
        Some(bytes) => Twister::from_bytes(&bytes),
        None if a.is_none() => from_entropy(),
        None => match int_ref(a) {
            Some(i) => Twister::from_int(i),
            None if float_of(a).is_some() => Twister::from_int(Int::from(hash::hash(a)? as u64).as_ref()),
            None => {
                return Err(type_error("The only supported seed types are:\nNone, int, float, str, bytes, and bytearray."));
            }
        },
    };
    *g.twister.borrow_mut() = t;
    g.spare.set(None);
    Ok(NONE)
}
/// The string hash of `seed(…, version=1)`.
fn old_hash(a: &Value) -> PyResult<i64> {
    let points: Vec<u64> = match a.as_str_obj() {
        Some(s) => s.chars().map(u64::from).collect(),
        None => bytes_of(a).unwrap_or_default().into_iter().map(u64::from).collect(),
    };
    let mut x = points.first().map_or(0, |c| c << 7);
    for c in &points {
        x = 1_000_003u64.wrapping_mul(x) ^ c;
    }
    Ok((x ^ points.len() as u64) as i64)
}
fn random(v: &Value) -> PyResult {
    Ok(Value::float(this(v)?.twister.borrow_mut().random()))
}
fn getrandbits(v: &Value, k: &Value) -> PyResult {
    let k = number::index(k)?;
    match u64::try_from(k) {
        Ok(k) => Ok(this(v)?.twister.borrow_mut().bits(k).into()),
        Err(_) => Err(value_error("number of bits must be non-negative")),
    }
}
fn randbytes(v: &Value, n: &Value) -> PyResult {
    let bits = number::mul(n, &Value::int(8))?;
    let r = call_method_name(v, Name::new("getrandbits"), &[bits])?;
    let len = number::index(n)?;
    let little = int::to_bytes(index_int(&r)?.as_ref(), usize::try_from(len).unwrap_or(0), true, false)?;
    Ok(bytes_value(little))
}
fn getstate(v: &Value) -> PyResult {
    let g = this(v)?;
    let words = g.twister.borrow().state().into_iter().map(|w| Value::int(i64::from(w))).collect();
    Ok(tuple::new(vec![Value::int(3), tuple::new(words), g.spare.get().map_or(NONE, Value::float)]))
}
fn setstate(v: &Value, state: &Value) -> PyResult {
    let g = this(v)?;
    let parts = tuple::items(state);
    let version = parts.first().cloned().unwrap_or(NONE);
    let (Some(words), Some(spare)) = (parts.get(1), parts.get(2)) else {
        return Err(type_error("state must be a tuple"));
    };
    match version.as_inline_int() {
        Some(2 | 3) => {}
        Some(_) | None => {
            return Err(value_error(format!(
                "state with version {} passed to Random.setstate() of version 3",
                rtcore::protocol::repr::str_string(&version)?
            )));
        }
    }
    if !tuple::is_tuple(words) {
        return Err(type_error("state vector must be a tuple"));
    }
    let items = tuple::items(words);
    if items.len() != 625 {
        return Err(value_error("state vector is the wrong size"));
    }
    let mut all = Vec::with_capacity(625);
    for w in items {
        all.push(number::index(w)? as u32);
    }
    match Twister::from_state(&all) {
        Some(t) => *g.twister.borrow_mut() = t,
        None => return Err(value_error("invalid state")),
    }
    g.spare.set(if spare.is_none() { None } else { Some(to_f64(spare)?) });
    Ok(NONE)
}
fn reduce(v: &Value) -> PyResult {
    let state = call_method_name(v, Name::new("getstate"), &[])?;
    Ok(tuple::new(vec![Value::of_type(v.ty()), tuple::empty(), state]))
}
fn get_gauss_next(v: &Value) -> PyResult {
    Ok(this(v)?.spare.get().map_or(NONE, Value::float))
}
fn set_gauss_next(v: &Value, x: Option<Value>) -> Result<(), Raised> {
    let x = x.unwrap_or(NONE);
    this(v)?.spare.set(if x.is_none() { None } else { Some(to_f64(&x)?) });
    Ok(())
}
fn randbelow(v: &Value, n: &Value) -> PyResult {
    Ok(below(v, &index_int(n)?)?.into())
}

fn randrange(v: &Value, start: &Value, stop: &Value, step: &Value) -> PyResult {
    let first = index_int(start)?;
    let shown = rtcore::protocol::repr::str_string;
    if stop.is_none() {
        if !step.is_unbound() {
            return Err(type_error("Missing a non-None stop argument"));
        }
        if first > 0 {
            return Ok(below(v, &first)?.into());
        }
        return Err(value_error("empty range for randrange()"));
    }
    let width = index_int(stop)? - &first;
    let by = if step.is_unbound() { Int::from(1) } else { index_int(step)? };
    if by == 1 {
        if width > 0 {
            return Ok((first + below(v, &width)?).into());
        }
        return Err(value_error(format!("empty range in randrange({}, {})", shown(start)?, shown(stop)?)));
    }
    if by.is_zero() {
        return Err(value_error("zero step for randrange()"));
    }
    let adjust = if by > 0 { -1 } else { 1 };
    let n = (&width + &by + adjust).floordiv(&by)?;
    if n <= 0 {
        let text = format!("empty range in randrange({}, {}, {})", shown(start)?, shown(stop)?, shown(step)?);
        return Err(value_error(text));
    }
    Ok((first + by * below(v, &n)?).into())
}
fn randint(v: &Value, a: &Value, b: &Value) -> PyResult {
    let stop = number::add(b, &Value::int(1))?;
    randrange(v, a, &stop, &UNBOUND)
}

/// Distributions of up to two float parameters.
macro_rules! distributions {
    ($($f:ident($($p:ident),*) $call:path;)*) => {
        $(fn $f(v: &Value, $($p: &Value),*) -> PyResult {
            Ok(Value::float($call(&mut Source::new(v)?, $(to_f64($p)?),*)?))
        })*
    };
}
distributions! {
    normalvariate(mu, sigma) dist::normalvariate;
    lognormvariate(mu, sigma) dist::lognormvariate;
    expovariate(lambd) dist::expovariate;
    vonmisesvariate(mu, kappa) dist::vonmisesvariate;
    gammavariate(alpha, beta) dist::gammavariate;
    betavariate(alpha, beta) dist::betavariate;
    paretovariate(alpha) dist::paretovariate;
    weibullvariate(alpha, beta) dist::weibullvariate;
}
fn uniform(v: &Value, a: &Value, b: &Value) -> PyResult {
    if let (Some(x), Some(y)) = (number::plain_f64(a), number::plain_f64(b)) {
        return Ok(Value::float(dist::uniform(&mut Source::new(v)?, x, y)?));
    }
    // Other number types (Fraction, Decimal) keep their own arithmetic.
    let r = dist::Source::random(&mut Source::new(v)?)?;
    number::add(a, &number::mul(&number::sub(b, a)?, &Value::float(r))?)
}
fn triangular(v: &Value, low: &Value, high: &Value, mode: &Value) -> PyResult {
    let mode = if mode.is_none() { None } else { Some(to_f64(mode)?) };
    if low.as_inline_float().is_none() && mode.is_some() && rtcore::protocol::compare::eq(low, high)? {
        let _ = dist::Source::random(&mut Source::new(v)?)?;
        return Ok(low.clone());
    }
    Ok(Value::float(dist::triangular(&mut Source::new(v)?, to_f64(low)?, to_f64(high)?, mode)?))
}
fn gauss(v: &Value, mu: &Value, sigma: &Value) -> PyResult {
    let g = this(v)?;
    let mut spare = g.spare.take();
    let r = dist::gauss(&mut Source::new(v)?, &mut spare, to_f64(mu)?, to_f64(sigma)?)?;
    g.spare.set(spare);
    Ok(Value::float(r))
}
fn binomialvariate(v: &Value, n: &Value, p: &Value) -> PyResult {
    let n = number::index(n)?;
    Ok(Value::int(dist::binomialvariate(&mut Source::new(v)?, n, to_f64(p)?)?))
}

static METHODS: &[Method] = &[
    Method::static_("__new__(cls, *args, **kwargs)", Raw(new)),
    Method::new("__init__(self, x=None)", F2(init)),
    Method::new("seed(self, a=None, version=2)", F3(seed)),
    Method::new("getstate(self)", F1(getstate)),
    Method::new("setstate(self, state)", F2(setstate)),
    Method::new("__getstate__(self)", F1(getstate)),
    Method::new("__setstate__(self, state)", F2(setstate)),
    Method::new("__reduce__(self)", F1(reduce)),
    Method::new("random(self, /)", F1(random)),
    Method::new("getrandbits(self, k, /)", F2(getrandbits)),
    Method::new("randbytes(self, n)", F2(randbytes)),
    Method::new("_randbelow(self, n)", F2(randbelow)),
    Method::new("randrange(self, start, stop=None, step=...)", F4(randrange)),
    Method::new("randint(self, a, b)", F3(randint)),
    Method::new("choice(self, seq)", F2(sequences::choice)),
    Method::new("choices(self, population, weights=None, *, cum_weights=None, k=1)", N(sequences::choices)),
    Method::new("shuffle(self, x)", F2(sequences::shuffle)),
    Method::new("sample(self, population, k, *, counts=None)", F4(sequences::sample)),
    Method::new("uniform(self, a, b)", F3(uniform)),
    Method::new("triangular(self, low=0.0, high=1.0, mode=None)", F4(triangular)),
    Method::new("normalvariate(self, mu=0.0, sigma=1.0)", F3(normalvariate)),
    Method::new("gauss(self, mu=0.0, sigma=1.0)", F3(gauss)),
    Method::new("lognormvariate(self, mu, sigma)", F3(lognormvariate)),
    Method::new("expovariate(self, lambd=1.0)", F2(expovariate)),
    Method::new("vonmisesvariate(self, mu, kappa)", F3(vonmisesvariate)),
    Method::new("gammavariate(self, alpha, beta)", F3(gammavariate)),
    Method::new("betavariate(self, alpha, beta)", F3(betavariate)),
    Method::new("paretovariate(self, alpha)", F2(paretovariate)),
    Method::new("weibullvariate(self, alpha, beta)", F3(weibullvariate)),
    Method::new("binomialvariate(self, n=1, p=0.5)", F3(binomialvariate)),
];
static GETSET: &[GetSet] = &[GetSet::rw("gauss_next", get_gauss_next, set_gauss_next)];
static DEF: ClassDef = ClassDef::new::<Generator>("Random").module("random").methods(METHODS).getset(GETSET).flags(TypeFlags::ATTRS);
pub static RANDOM: Type = Type::builtin(&DEF);

fn system_bits(k: usize) -> Int {
    let bytes = entropy(k.div_ceil(8));
    let n = int::from_bytes(&bytes, false, false);
    int::shr(n.as_ref(), IntRef::Small((bytes.len() * 8 - k) as i64)).unwrap_or_default()
}
fn system_random(_: &Value) -> PyResult {
    let bits = system_bits(53).to_i64().unwrap_or(0);
    Ok(Value::float(bits as f64 / 9_007_199_254_740_992.0))
}
fn system_getrandbits(_: &Value, k: &Value) -> PyResult {
    match usize::try_from(number::index(k)?) {
        Ok(k) => Ok(system_bits(k).into()),
        Err(_) => Err(value_error("number of bits must be non-negative")),
    }
}
fn system_randbytes(_: &Value, n: &Value) -> PyResult {
    Ok(bytes_value(entropy(usize::try_from(number::index(n)?).unwrap_or(0))))
}
fn system_seed(_: &[Value]) -> PyResult {
    Ok(NONE)
}
fn system_state(_: &[Value]) -> PyResult {
    Err(rtcore::error::not_implemented_error("System entropy source does not have state."))
}
static SYSTEM_METHODS: &[Method] = &[
    Method::new("random(self)", F1(system_random)),
    Method::new("getrandbits(self, k)", F2(system_getrandbits)),
    Method::new("randbytes(self, n)", F2(system_randbytes)),
    Method::new("seed(self, *args, **kwds)", N(system_seed)),
    Method::new("getstate(self, *args, **kwds)", N(system_state)),
    Method::new("setstate(self, *args, **kwds)", N(system_state)),
];
static SYSTEM_DEF: ClassDef = ClassDef::new::<Generator>("SystemRandom")
    .module("random")
    .like(&RANDOM, &RANDOM)
    .methods(SYSTEM_METHODS)
    .flags(TypeFlags::ATTRS);
pub static SYSTEM_RANDOM: Type = Type::builtin(&SYSTEM_DEF);

/// The functions that are methods of the hidden instance.
const EXPORTED: [&str; 24] = [
    "seed", "random", "uniform", "triangular", "randint", "choice", "randrange", "sample", "shuffle", "choices",
    "normalvariate", "lognormvariate", "expovariate", "vonmisesvariate", "gammavariate", "gauss", "betavariate",
    "binomialvariate", "paretovariate", "weibullvariate", "getstate", "setstate", "getrandbits", "randbytes",
];

fn setup(m: &Value) -> PyResult<()> {
    set_str(m, "Random", Value::of_type(&RANDOM));
    set_str(m, "SystemRandom", Value::of_type(&SYSTEM_RANDOM));
    let inst = new(&[Value::of_type(&RANDOM)], &[])?;
    for name in EXPORTED {
        set_str(m, name, attr::getattr_name(&inst, Name::new(name))?);
    }
    set_str(m, "_inst", inst);
    set_str(m, "BPF", Value::int(53));
    set_str(m, "RECIP_BPF", Value::float(1.0 / 9_007_199_254_740_992.0));
    set_str(m, "TWOPI", Value::float(std::f64::consts::TAU));
    let all: Vec<Value> = EXPORTED.iter().chain(["Random", "SystemRandom"].iter()).map(|n| Value::str(n)).collect();
    set_str(m, "__all__", rtcore::types::list::List::value(all));
    Ok(())
}

pub static MODULE: NativeModule = NativeModule::new("random", &[], setup);
