//! Owns: the type `QueryParams`. Never: the URL around them.
//! Source: httpx 0.28, _urls.py, QueryParams.

use crate::py::*;
use crate::urlparse;

/// Keys in the order of their first appearance, each with its values.
#[derive(Clone, Default)]
pub struct QueryParams {
    items: Vec<(String, Vec<String>)>,
}
pub struct Params(RefCell<QueryParams>);
impl Payload for Params {}
impl Native for Params {
    fn class() -> &'static Type {
        &QUERY_PARAMS
    }
}

impl QueryParams {
    pub fn parse(text: &str) -> QueryParams {
        let mut q = QueryParams::default();
        for (k, v) in urlparse::parse_qsl(text) {
            q.push(k, v);
        }
        q
    }
    fn push(&mut self, key: String, value: String) {
        match self.items.iter_mut().find(|(k, _)| *k == key) {
            Some((_, all)) => all.push(value),
            None => self.items.push((key, vec![value])),
        }
    }
    fn find(&self, key: &str) -> Option<&Vec<String>> {
        self.items.iter().find(|(k, _)| k == key).map(|(_, v)| v)
    }
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
    pub fn multi(&self) -> Vec<(String, String)> {
        self.items.iter().flat_map(|(k, all)| all.iter().map(|v| (k.clone(), v.clone()))).collect()
    }
    pub fn encoded(&self) -> String {
        urlparse::urlencode(&self.multi())
    }
    pub fn set(mut self, key: &str, value: String) -> QueryParams {
        match self.items.iter_mut().find(|(k, _)| k == key) {
            Some((_, all)) => *all = vec![value],
            None => self.items.push((key.to_owned(), vec![value])),
        }
        self
    }
    pub fn add(mut self, key: &str, value: String) -> QueryParams {
        self.push(key.to_owned(), value);
        self
    }
    pub fn remove(mut self, key: &str) -> QueryParams {
        self.items.retain(|(k, _)| k != key);
        self
    }
    pub fn merge(mut self, other: &QueryParams) -> QueryParams {
        for (k, all) in &other.items {
            match self.items.iter_mut().find(|(own, _)| own == k) {
                Some((_, v)) => v.clone_from(all),
                None => self.items.push((k.clone(), all.clone())),
            }
        }
        self
    }
    fn firsts(&self) -> Vec<(String, String)> {
        self.items.iter().filter_map(|(k, all)| Some((k.clone(), all.first()?.clone()))).collect()
    }
}

/// `primitive_value_to_str`.
pub fn primitive(v: &Value) -> PyResult<String> {
    match v.as_bool() {
        Some(true) => Ok("true".into()),
        Some(false) => Ok("false".into()),
        None if v.is_none() => Ok(String::new()),
        None => to_str(v),
    }
}
/// `QueryParams(v)`.
pub fn of(v: &Value) -> PyResult<QueryParams> {
    if absent(v) {
        return Ok(QueryParams::default());
    }
    if let Some(p) = v.downcast::<Params>() {
        return Ok(p.0.borrow().clone());
    }
    if let Some(text) = v.as_str() {
        return Ok(QueryParams::parse(text));
    }
    if let Some(data) = data_of(v) {
        return Ok(QueryParams::parse(&String::from_utf8_lossy(&data)));
    }
    let mut q = QueryParams::default();
    if is_list(v) || is_tuple(v) {
        for item in collect(v)? {
            let at = |i: i64| rtcore::protocol::sequence::getitem(&item, &Value::int(i));
            q.push(to_str(&at(0)?)?, primitive(&at(1)?)?);
        }
        return Ok(q);
    }
    for (k, value) in pairs(v)? {
        let key = to_str(&k)?;
        let all = if is_list(&value) || is_tuple(&value) { collect(&value)? } else { vec![value] };
        let all = all.iter().map(primitive).collect::<PyResult<Vec<_>>>()?;
        q.items.push((key, all));
    }
    Ok(q)
}
pub fn make(q: QueryParams) -> Value {
    object::new(&QUERY_PARAMS, Params(RefCell::new(q)))
}
fn get(v: &Value) -> PyResult<QueryParams> {
    Ok(this::<Params>(v)?.0.borrow().clone())
}

fn new(all: &[Value], _: &[Name]) -> PyResult {
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(&QUERY_PARAMS), Params(RefCell::default())))
}
fn init(v: &Value, args: &Value, kw: &Value) -> PyResult {
    let args = rtcore::types::tuple::items(args);
    if args.len() > 1 {
        return Err(error::assertion_error("Too many arguments."));
    }
    let named = len(kw)? > 0;
    if named && !args.is_empty() {
        return Err(error::assertion_error("Cannot mix named and unnamed arguments."));
    }
    let q = of(args.first().unwrap_or(kw))?;
    *this::<Params>(v)?.0.borrow_mut() = q;
    Ok(NONE)
}
fn view(v: &Value, part: &str) -> PyResult {
    call_method(&text_dict(get(v)?.firsts())?, part, &[])
}
fn m_get(v: &Value, key: &Value, default: &Value) -> PyResult {
    let q = get(v)?;
    let found = key.as_str().and_then(|k| q.find(k)).and_then(|all| all.first());
    Ok(found.map_or_else(|| default.clone(), |t| Value::str(t)))
}
fn m_getitem(v: &Value, key: &Value) -> PyResult {
    let q = get(v)?;
    match key.as_str().and_then(|k| q.find(k)).and_then(|all| all.first()) {
        Some(t) => Ok(Value::str(t)),
        None => Err(key_error(key.clone())),
    }
}
fn m_get_list(v: &Value, key: &Value) -> PyResult {
    let key = to_str(key)?;
    Ok(list(get(v)?.find(&key).into_iter().flatten().map(|t| Value::str(t)).collect()))
}
fn m_multi(v: &Value) -> PyResult {
    Ok(list(get(v)?.multi().into_iter().map(|(k, t)| tuple(vec![Value::string(k), Value::string(t)])).collect()))
}
fn m_eq(v: &Value, other: &Value) -> PyResult {
    let Some(o) = other.downcast::<Params>() else { return Ok(FALSE) };
    let (mut a, mut b) = (get(v)?.multi(), o.0.borrow().multi());
    a.sort();
    b.sort();
    Ok(Value::bool(a == b))
}
fn immutable(hint: &str) -> PyResult {
    Err(runtime_error(format!("QueryParams are immutable since 0.18.0. Use `q = q.{hint}` to create an updated copy.")))
}
static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("__init__(self, *args, **kwargs)", F3(init)),
    Method::new("keys(self)", F1(|v| view(v, "keys"))),
    Method::new("values(self)", F1(|v| view(v, "values"))),
    Method::new("items(self)", F1(|v| view(v, "items"))),
    Method::new("multi_items(self)", F1(m_multi)),
    Method::new("get(self, key, default=None)", F3(m_get)),
    Method::new("get_list(self, key)", F2(m_get_list)),
    Method::new("set(self, key, value=None)", F3(|v, k, x| Ok(make(get(v)?.set(&to_str(k)?, primitive(x)?))))),
    Method::new("add(self, key, value=None)", F3(|v, k, x| Ok(make(get(v)?.add(&to_str(k)?, primitive(x)?))))),
    Method::new("remove(self, key)", F2(|v, k| Ok(make(get(v)?.remove(&to_str(k)?))))),
    Method::new("merge(self, params=None)", F2(|v, p| Ok(make(get(v)?.merge(&of(p)?))))),
    Method::new("update(self, params=None)", F2(|_, _| immutable("merge(...)"))),
    Method::new("__setitem__(self, key, value)", F3(|_, _, _| immutable("set(key, value)"))),
    Method::new("__getitem__(self, key)", F2(m_getitem)),
    Method::new("__contains__(self, key)", F2(|v, k| Ok(Value::bool(k.as_str().is_some_and(|k| get(v).is_ok_and(|q| q.find(k).is_some())))))),
    Method::new("__iter__(self)", F1(|v| rtcore::protocol::iter::iter(&view(v, "keys")?))),
    Method::new("__len__(self)", F1(|v| Ok(Value::from(get(v)?.items.len())))),
    Method::new("__bool__(self)", F1(|v| Ok(Value::bool(!get(v)?.is_empty())))),
    Method::new("__hash__(self)", F1(|v| rtcore::protocol::hash::hash(&Value::string(get(v)?.encoded())).map(Value::int))),
    Method::new("__eq__(self, other)", F2(m_eq)),
    Method::new("__str__(self)", F1(|v| Ok(Value::string(get(v)?.encoded())))),
    Method::new("__repr__(self)", F1(|v| Ok(Value::string(format!("{}({})", v.ty().name(), py_repr(&get(v)?.encoded())))))),
];
static DEF: ClassDef =
    ClassDef::new::<Params>("QueryParams").module("httpx").methods(METHODS).flags(TypeFlags::ATTRS | TypeFlags::PYTHON | TypeFlags::MAPPING);
pub static QUERY_PARAMS: Type = Type::builtin(&DEF);
