//! Owns: the type `Headers`. Never: what any header means.
//! Source: httpx 0.28, _models.py, Headers.

use crate::py::*;

/// One header: the name as given, the name in lower case, the value.
pub type Row = (Vec<u8>, Vec<u8>, Vec<u8>);

#[derive(Default)]
pub struct Headers {
    pub rows: RefCell<Vec<Row>>,
    encoding: RefCell<Option<String>>,
}
impl Payload for Headers {}
impl Native for Headers {
    fn class() -> &'static Type {
        &HEADERS
    }
}

fn encode(text: &str, encoding: &str) -> PyResult<Vec<u8>> {
    rtcore::types::str::encode::encode(&Value::str(text), encoding, "strict")
}
fn key_bytes(v: &Value, encoding: &str) -> PyResult<Vec<u8>> {
    match data_of(v) {
        Some(b) => Ok(b),
        None => rtcore::types::str::encode::encode(v, encoding, "strict"),
    }
}
fn value_bytes(v: &Value, encoding: &str) -> PyResult<Vec<u8>> {
    match (data_of(v), is_str(v)) {
        (Some(b), _) => Ok(b),
        (None, true) => rtcore::types::str::encode::encode(v, encoding, "strict"),
        (None, false) => Err(type_error(format!("Header value must be str or bytes, not {}", type_repr(v)))),
    }
}
pub fn row(name: &[u8], value: &[u8]) -> Row {
    (name.to_vec(), name.to_ascii_lowercase(), value.to_vec())
}
/// The rows of `Headers(v)`.
pub fn rows_of(v: &Value, encoding: Option<&str>) -> PyResult<Vec<Row>> {
    if absent(v) {
        return Ok(vec![]);
    }
    if let Some(h) = v.downcast::<Headers>() {
        return Ok(h.rows.borrow().clone());
    }
    let encoding = encoding.unwrap_or("ascii");
    let items = if is_mapping(v)? {
        pairs(v)?
    } else {
        let two = |item: Value| rtcore::protocol::iter::unpack::<2>(&item).map(|[a, b]| (a, b));
        collect(v)?.into_iter().map(two).collect::<PyResult<Vec<_>>>()?
    };
    items.iter().map(|(k, v)| Ok(row(&key_bytes(k, encoding)?, &value_bytes(v, encoding)?))).collect()
}
pub fn make(rows: Vec<Row>) -> Value {
    object::new(&HEADERS, Headers { rows: RefCell::new(rows), encoding: RefCell::new(None) })
}
pub fn body(v: &Value) -> PyResult<&Headers> {
    this::<Headers>(v)
}

impl Headers {
    pub fn encoding(&self) -> String {
        if let Some(e) = self.encoding.borrow().as_ref() {
            return e.clone();
        }
        let rows = self.rows.borrow();
        let name = if rows.iter().all(|(k, _, v)| k.is_ascii() && v.is_ascii()) {
            "ascii"
        } else if rows.iter().all(|(k, _, v)| std::str::from_utf8(k).is_ok() && std::str::from_utf8(v).is_ok()) {
            "utf-8"
        } else {
            "iso-8859-1"
        };
        *self.encoding.borrow_mut() = Some(name.to_owned());
        name.to_owned()
    }
    fn decode(&self, data: &[u8]) -> String {
        let utf8 = || String::from_utf8_lossy(data).into_owned();
        match self.encoding().as_str() {
            "iso-8859-1" | "latin-1" | "latin1" => data.iter().map(|b| *b as char).collect(),
            "ascii" | "utf-8" => utf8(),
            other => {
                let v = error::quietly(|| rtcore::types::str::encode::decode(&NONE, data, other, "replace"));
                v.as_ref().and_then(Value::as_str).map_or_else(utf8, str::to_owned)
            }
        }
    }
    /// The value of a header, several joined.
    pub fn get(&self, name: &str) -> Option<String> {
        let all = self.all(name);
        (!all.is_empty()).then(|| all.join(", "))
    }
    pub fn all(&self, name: &str) -> Vec<String> {
        let lower = name.to_lowercase().into_bytes();
        self.rows.borrow().iter().filter(|r| r.1 == lower).map(|r| self.decode(&r.2)).collect()
    }
    pub fn has(&self, name: &str) -> bool {
        let lower = name.to_lowercase().into_bytes();
        self.rows.borrow().iter().any(|r| r.1 == lower)
    }
    pub fn set(&self, name: &str, value: &str) {
        self.set_bytes(name.as_bytes(), value.as_bytes());
    }
    fn set_bytes(&self, name: &[u8], value: &[u8]) {
        let new = row(name, value);
        let mut rows = self.rows.borrow_mut();
        match rows.iter().position(|r| r.1 == new.1) {
            None => rows.push(new),
            Some(at) => {
                let lower = new.1.clone();
                if let Some(slot) = rows.get_mut(at) {
                    *slot = new;
                }
                let mut i = 0;
                rows.retain(|r| {
                    i += 1;
                    i - 1 == at || r.1 != lower
                });
            }
        }
    }
    pub fn set_default(&self, name: &str, value: &str) {
        if !self.has(name) {
            self.rows.borrow_mut().push(row(name.as_bytes(), value.as_bytes()));
        }
    }
    pub fn remove(&self, name: &str) -> bool {
        let lower = name.to_lowercase().into_bytes();
        let before = self.rows.borrow().len();
        self.rows.borrow_mut().retain(|r| r.1 != lower);
        self.rows.borrow().len() != before
    }
    pub fn update(&self, new: Vec<Row>) {
        let mut rows = self.rows.borrow_mut();
        rows.retain(|r| !new.iter().any(|n| n.1 == r.1));
        rows.extend(new);
    }
    fn joined(&self) -> Vec<(String, String)> {
        let mut out: Vec<(String, String)> = vec![];
        for (_, k, v) in self.rows.borrow().iter() {
            let (k, v) = (self.decode(k), self.decode(v));
            match out.iter_mut().find(|(own, _)| *own == k) {
                Some((_, all)) => {
                    all.push_str(", ");
                    all.push_str(&v);
                }
                None => out.push((k, v)),
            }
        }
        out
    }
    pub fn multi(&self) -> Vec<(String, String)> {
        self.rows.borrow().iter().map(|(_, k, v)| (self.decode(k), self.decode(v))).collect()
    }
    pub fn raw(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.rows.borrow().iter().map(|(k, _, v)| (k.clone(), v.clone())).collect()
    }
}

fn new(all: &[Value], _: &[Name]) -> PyResult {
    Ok(object::new(all.first().and_then(Value::as_type).unwrap_or(&HEADERS), Headers::default()))
}
fn init(v: &Value, headers: &Value, encoding: &Value) -> PyResult {
    let h = body(v)?;
    let rows = rows_of(headers, encoding.as_str())?;
    *h.rows.borrow_mut() = rows;
    *h.encoding.borrow_mut() = encoding.as_str().map(str::to_owned);
    Ok(NONE)
}
fn key<'a>(v: &'a Value) -> PyResult<&'a str> {
    v.as_str().ok_or_else(|| rtcore::error::attribute_error(format!("'{}' object has no attribute 'lower'", v.ty().name())))
}
fn m_getitem(v: &Value, k: &Value) -> PyResult {
    body(v)?.get(key(k)?).map(Value::string).ok_or_else(|| key_error(k.clone()))
}
fn m_setitem(v: &Value, k: &Value, new: &Value) -> PyResult {
    let h = body(v)?;
    let encoding = h.encoding.borrow().clone().unwrap_or_else(|| "utf-8".into());
    let (k, new) = (encode(key(k)?, &encoding)?, encode(text_of(new, "header value")?, &encoding)?);
    h.set_bytes(&k, &new);
    Ok(NONE)
}
fn m_delitem(v: &Value, k: &Value) -> PyResult {
    if body(v)?.remove(key(k)?) { Ok(NONE) } else { Err(key_error(k.clone())) }
}
fn m_get(v: &Value, k: &Value, default: &Value) -> PyResult {
    Ok(body(v)?.get(key(k)?).map_or_else(|| default.clone(), Value::string))
}
fn m_pop(v: &Value, k: &Value, default: &Value) -> PyResult {
    let h = body(v)?;
    match h.get(key(k)?) {
        Some(found) => {
            h.remove(key(k)?);
            Ok(Value::string(found))
        }
        None if default.is_unbound() => Err(key_error(k.clone())),
        None => Ok(default.clone()),
    }
}
fn m_setdefault(v: &Value, k: &Value, default: &Value) -> PyResult {
    match body(v)?.get(key(k)?) {
        Some(found) => Ok(Value::string(found)),
        None => {
            m_setitem(v, k, default)?;
            Ok(default.clone())
        }
    }
}
fn m_get_list(v: &Value, k: &Value, split: &Value) -> PyResult {
    let all = body(v)?.all(key(k)?);
    let all = if truth(split)? {
        all.iter().flat_map(|t| t.split(',')).map(|t| Value::str(t.trim())).collect()
    } else {
        all.into_iter().map(Value::string).collect()
    };
    Ok(list(all))
}
fn m_update(v: &Value, headers: &Value) -> PyResult {
    let rows = rows_of(headers, None)?;
    body(v)?.update(rows);
    Ok(NONE)
}
fn m_eq(v: &Value, other: &Value) -> PyResult {
    let theirs = match rows_of(other, None) {
        Ok(rows) => rows,
        Err(r) if error::matches(&r, &rtcore::error::hierarchy::VALUE_ERROR) => {
            drop(error::take(r));
            return Ok(FALSE);
        }
        Err(r) => return Err(r),
    };
    let sorted = |rows: &[Row]| {
        let mut all: Vec<(Vec<u8>, Vec<u8>)> = rows.iter().map(|(_, k, v)| (k.clone(), v.clone())).collect();
        all.sort();
        all
    };
    Ok(Value::bool(sorted(&body(v)?.rows.borrow()) == sorted(&theirs)))
}
fn m_repr(v: &Value) -> PyResult {
    let h = body(v)?;
    let encoding = h.encoding();
    let tail = if encoding == "ascii" { String::new() } else { format!(", encoding={}", py_repr(&encoding)) };
    let hide = |(k, v): (String, String)| {
        let v = if k == "authorization" || k == "proxy-authorization" { "[secure]".to_owned() } else { v };
        (k, v)
    };
    let items: Vec<(String, String)> = h.multi().into_iter().map(hide).collect();
    let d = text_dict(items.clone())?;
    let shown = if len(&d)? as usize == items.len() {
        repr(&d)?
    } else {
        repr(&list(items.into_iter().map(|(k, v)| tuple(vec![Value::string(k), Value::string(v)])).collect()))?
    };
    Ok(Value::string(format!("{}({shown}{tail})", v.ty().name())))
}
fn view(v: &Value, part: &str) -> PyResult {
    call_method(&text_dict(body(v)?.joined())?, part, &[])
}
fn pair_list(items: Vec<(String, String)>) -> Value {
    list(items.into_iter().map(|(k, v)| tuple(vec![Value::string(k), Value::string(v)])).collect())
}
fn get_raw(v: &Value) -> PyResult {
    Ok(list(body(v)?.raw().into_iter().map(|(k, x)| tuple(vec![bytes::value(k), bytes::value(x)])).collect()))
}
fn set_encoding(v: &Value, new: Option<Value>) -> PyResult<()> {
    *body(v)?.encoding.borrow_mut() = new.as_ref().and_then(Value::as_str).map(str::to_owned);
    Ok(())
}
fn m_copy(v: &Value) -> PyResult {
    let h = body(v)?;
    let copy = make(h.rows.borrow().clone());
    set_encoding(&copy, Some(Value::string(h.encoding())))?;
    Ok(copy)
}
static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("__init__(self, headers=None, encoding=None)", F3(init)),
    Method::new("keys(self)", F1(|v| view(v, "keys"))),
    Method::new("values(self)", F1(|v| view(v, "values"))),
    Method::new("items(self)", F1(|v| view(v, "items"))),
    Method::new("multi_items(self)", F1(|v| Ok(pair_list(body(v)?.multi())))),
    Method::new("get(self, key, default=None)", F3(m_get)),
    Method::new("get_list(self, key, split_commas=False)", F3(m_get_list)),
    Method::new("pop(self, key, default=...)", F3(m_pop)),
    Method::new("popitem(self)", F1(mapping_popitem)),
    Method::new("setdefault(self, key, default=None)", F3(m_setdefault)),
    Method::new("update(self, headers=None)", F2(m_update)),
    Method::new("copy(self)", F1(m_copy)),
    Method::new("clear(self)", F1(|v| {
        body(v)?.rows.borrow_mut().clear();
        Ok(NONE)
    })),
    Method::new("__getitem__(self, key)", F2(m_getitem)),
    Method::new("__setitem__(self, key, value)", F3(m_setitem)),
    Method::new("__delitem__(self, key)", F2(m_delitem)),
    Method::new("__contains__(self, key)", F2(|v, k| Ok(Value::bool(body(v)?.has(key(k)?))))),
    Method::new("__iter__(self)", F1(|v| rtcore::protocol::iter::iter(&view(v, "keys")?))),
    Method::new("__len__(self)", F1(|v| Ok(Value::from(body(v)?.rows.borrow().len())))),
    Method::new("__eq__(self, other)", F2(m_eq)),
    Method::new("__repr__(self)", F1(m_repr)),
];
static GETSET: &[GetSet] =
    &[GetSet::ro("raw", get_raw), GetSet::rw("encoding", |v| Ok(Value::string(body(v)?.encoding())), set_encoding)];
static DEF: ClassDef =
    ClassDef::new::<Headers>("Headers").module("httpx").methods(METHODS).getset(GETSET).flags(TypeFlags::ATTRS | TypeFlags::PYTHON | TypeFlags::MAPPING);
pub static HEADERS: Type = Type::builtin(&DEF);
