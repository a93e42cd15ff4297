//! Owns: the module `heapq`.
//! Never: keeps a borrow of the list while a comparison runs.
//! Source: CPython 3.13, Modules/_heapqmodule.c, Lib/heapq.py.

use rtcore::error::{index_error, runtime_error, type_error};
use rtcore::methods::*;
use rtcore::protocol::call::call;
use rtcore::protocol::iter;
use rtcore::protocol::compare;
use rtcore::protocol::sequence::{as_size, truth};
use rtcore::types::class::special::Special;
use rtcore::types::list::{List, sort_items};
use rtcore::types::module::NativeModule;

fn heap<'a>(v: &'a Value, function: &str) -> PyResult<&'a List> {
    v.downcast::<List>().ok_or_else(|| type_error(format!("{function}() argument 1 must be list, not {}", v.ty().full_name())))
}
fn less(a: &Value, b: &Value) -> PyResult<bool> {
    if let (Some(x), Some(y)) = (a.as_inline_int(), b.as_inline_int()) {
        return Ok(x < y);
    }
    truth(&compare::rich(Special::Lt, a, b)?)
}
fn at(l: &List, i: usize) -> PyResult {
    l.get(i).ok_or_else(|| runtime_error("list changed size during iteration"))
}
fn check(l: &List, size: usize) -> PyResult<()> {
    if l.len() == size { Ok(()) } else { Err(runtime_error("list changed size during iteration")) }
}
/// `before(a, b)` is `a < b` in a min-heap and `b < a` in a max-heap.
type Before = fn(&Value, &Value) -> PyResult<bool>;
fn more(a: &Value, b: &Value) -> PyResult<bool> {
    less(b, a)
}

fn siftdown(l: &List, start: usize, mut pos: usize, before: Before) -> PyResult<()> {
    let size = l.len();
    let item = at(l, pos)?;
    while pos > start {
        let parent_at = (pos - 1) >> 1;
        let parent = at(l, parent_at)?;
        let smaller = before(&item, &parent)?;
        check(l, size)?;
        if !smaller {
            break;
        }
        l.set(pos, parent);
        l.set(parent_at, item.clone());
        pos = parent_at;
    }
    Ok(())
}
fn siftup(l: &List, mut pos: usize, before: Before) -> PyResult<()> {
    let end = l.len();
    let start = pos;
    let limit = end >> 1;
    while pos < limit {
        let mut child = 2 * pos + 1;
        if child + 1 < end {
            let (a, b) = (at(l, child)?, at(l, child + 1)?);
            let smaller = before(&a, &b)?;
            check(l, end)?;
            if !smaller {
                child += 1;
            }
        }
        let (a, b) = (at(l, child)?, at(l, pos)?);
        l.set(child, b);
        l.set(pos, a);
        pos = child;
    }
    siftdown(l, start, pos, before)
}
fn heappush(h: &Value, item: &Value) -> PyResult {
    let l = heap(h, "heappush")?;
    l.push(item.clone());
    siftdown(l, 0, l.len() - 1, less)?;
    Ok(NONE)
}
fn pop_with(h: &Value, before: Before) -> PyResult {
    let l = heap(h, "heappop")?;
    let Some(last) = l.pop() else { return Err(index_error("index out of range")) };
    if l.is_empty() {
        return Ok(last);
    }
    let first = at(l, 0)?;
    l.set(0, last);
    siftup(l, 0, before)?;
    Ok(first)
}
fn heappop(h: &Value) -> PyResult {
    pop_with(h, less)
}
fn heappop_max(h: &Value) -> PyResult {
    pop_with(h, more)
}
fn replace_with(h: &Value, item: &Value, before: Before) -> PyResult {
    let l = heap(h, "heapreplace")?;
    let Some(first) = l.get(0) else { return Err(index_error("index out of range")) };
    l.set(0, item.clone());
    siftup(l, 0, before)?;
    Ok(first)
}
fn heapreplace(h: &Value, item: &Value) -> PyResult {
    replace_with(h, item, less)
}
fn heapreplace_max(h: &Value, item: &Value) -> PyResult {
    replace_with(h, item, more)
}
fn heappushpop(h: &Value, item: &Value) -> PyResult {
    let l = heap(h, "heappushpop")?;
    match l.get(0) {
        Some(first) if less(&first, item)? => {
            let Some(first) = l.get(0) else { return Err(index_error("index out of range")) };
            l.set(0, item.clone());
            siftup(l, 0, less)?;
            Ok(first)
        }
        Some(_) | None => Ok(item.clone()),
    }
}
fn heapify_with(h: &Value, before: Before) -> PyResult {
    let l = heap(h, "heapify")?;
    for i in (0..l.len() / 2).rev() {
        siftup(l, i, before)?;
    }
    Ok(NONE)
}
fn heapify(h: &Value) -> PyResult {
    heapify_with(h, less)
}
fn heapify_max(h: &Value) -> PyResult {
    heapify_with(h, more)
}

/// `nsmallest` and `nlargest`: the first `n` of a stable sort, which is what Lib/heapq.py promises.
fn best(n: &Value, source: &Value, key: &Value, reverse: bool) -> PyResult {
    let n = as_size(n)?.max(0) as usize;
    let mut items = iter::collect(source)?;
    if n == 0 {
        return Ok(List::value(vec![]));
    }
    sort_items(&mut items, key, reverse)?;
    items.truncate(n);
    Ok(List::value(items))
}
fn nsmallest(n: &Value, source: &Value, key: &Value) -> PyResult {
    best(n, source, key, false)
}
fn nlargest(n: &Value, source: &Value, key: &Value) -> PyResult {
    best(n, source, key, true)
}

/// The iterator that `merge` returns.
struct Merge {
    /// Heap entries: key, place of the source, item, source.
    heap: std::cell::RefCell<Vec<(Value, usize, Value, Value)>>,
    sources: std::cell::RefCell<Option<Vec<Value>>>,
    /// The source whose item was given out last.
    due: std::cell::RefCell<Option<(usize, Value)>>,
    key: Value,
    reverse: bool,
}
impl Payload for Merge {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for e in self.heap.borrow().iter() {
            visit(&e.0);
            visit(&e.2);
            visit(&e.3);
        }
        if let Some(s) = self.sources.borrow().as_ref() {
            s.iter().for_each(&mut *visit);
        }
        visit(&self.key);
    }
}
impl Native for Merge {
    fn class() -> &'static Type {
        &MERGE
    }
}
fn merge(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = all.len() - kw.len();
    let (mut key, mut reverse) = (NONE, false);
    for (k, v) in kw.iter().zip(&all[pos..]) {
        match k.as_str() {
            "key" => key = v.clone(),
            "reverse" => reverse = truth(v)?,
            other => return Err(type_error(format!("merge() got an unexpected keyword argument '{other}'"))),
        }
    }
    Ok(object::new(
        &MERGE,
        Merge {
            heap: Default::default(),
            sources: std::cell::RefCell::new(Some(all[..pos].to_vec())),
            due: Default::default(),
            key,
            reverse,
        },
    ))
}
fn merge_before(m: &Merge, a: &(Value, usize), b: &(Value, usize)) -> PyResult<bool> {
    let (x, y) = if m.reverse { (&b.0, &a.0) } else { (&a.0, &b.0) };
    if less(x, y)? {
        return Ok(true);
    }
    if less(y, x)? {
        return Ok(false);
    }
    Ok(a.1 < b.1)
}
fn merge_draw(m: &Merge, place: usize, source: Value) -> PyResult<()> {
    if let Some(x) = iter::next(&source)? {
        let key = if m.key.is_none() { x.clone() } else { call(&m.key, std::slice::from_ref(&x))? };
        m.heap.borrow_mut().push((key, place, x, source));
    }
    Ok(())
}
fn merge_next(v: &Value) -> PyResult<Option<Value>> {
    let Some(m) = v.downcast::<Merge>() else { return Ok(None) };
    let first = m.sources.take();
    if let Some(sources) = first {
        for (i, s) in sources.iter().enumerate() {
            merge_draw(m, i, iter::iter(s)?)?;
        }
    }
    let due = m.due.take();
    if let Some((place, source)) = due {
        merge_draw(m, place, source)?;
    }
    let mut best: Option<(usize, (Value, usize))> = None;
    let n = m.heap.borrow().len();
    for i in 0..n {
        let Some(e) = m.heap.borrow().get(i).map(|e| (e.0.clone(), e.1)) else { break };
        best = Some(match best {
            None => (i, e),
            Some((bi, b)) => {
                if merge_before(m, &e, &b)? {
                    (i, e)
                } else {
                    (bi, b)
                }
            }
        });
    }
    let Some((i, _)) = best else { return Ok(None) };
    let (_, place, item, source) = m.heap.borrow_mut().swap_remove(i);
    *m.due.borrow_mut() = Some((place, source));
    Ok(Some(item))
}
rtcore::iterator_type!(MERGE, "generator", Merge, merge_next, []);

static FUNCTIONS: &[Method] = &[
    Method::new("heappush(heap, item, /)", F2(heappush)),
    Method::new("heappop(heap, /)", F1(heappop)),
    Method::new("heapreplace(heap, item, /)", F2(heapreplace)),
    Method::new("heappushpop(heap, item, /)", F2(heappushpop)),
    Method::new("heapify(heap, /)", F1(heapify)),
    Method::new("_heappop_max(heap, /)", F1(heappop_max)),
    Method::new("_heapreplace_max(heap, item, /)", F2(heapreplace_max)),
    Method::new("_heapify_max(heap, /)", F1(heapify_max)),
    Method::new("nsmallest(n, iterable, key=None)", F3(nsmallest)),
    Method::new("nlargest(n, iterable, key=None)", F3(nlargest)),
    Method::new("merge(*iterables, key=None, reverse=False)", Raw(merge)),
];
fn setup(_: &Value) -> PyResult<()> {
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("heapq", FUNCTIONS, setup);
