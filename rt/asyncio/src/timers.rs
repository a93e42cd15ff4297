//! Owns: the heap of timers.
//! Never: looks at anything but deadlines.
//! Source: CPython 3.13, Lib/heapq.py (`_siftdown`, `_siftup`, `heapify`), with `TimerHandle.__lt__`,
//! which compares `when` alone: not stable for equal deadlines, and programs see that order.

use rtcore::value::Value;

pub struct Timer {
    pub when: f64,
    pub handle: Value,
}

#[derive(Default)]
pub struct Heap(Vec<Timer>);

impl Heap {
    pub const fn new() -> Heap {
        Heap(Vec::new())
    }
    pub fn len(&self) -> usize {
        self.0.len()
    }
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    pub fn first(&self) -> Option<&Timer> {
        self.0.first()
    }
    pub fn push(&mut self, t: Timer) {
        self.0.push(t);
        self.siftdown(0, self.0.len() - 1);
    }
    pub fn pop(&mut self) -> Option<Timer> {
        let last = self.0.pop()?;
        match self.0.first_mut() {
            None => Some(last),
            Some(first) => {
                let out = std::mem::replace(first, last);
                self.siftup(0);
                Some(out)
            }
        }
    }
    pub fn take(&mut self) -> Vec<Timer> {
        std::mem::take(&mut self.0)
    }
    pub fn heapify(items: Vec<Timer>) -> Heap {
        let mut h = Heap(items);
        for i in (0..h.0.len() / 2).rev() {
            h.siftup(i);
        }
        h
    }
    pub fn iter(&self) -> impl Iterator<Item = &Timer> {
        self.0.iter()
    }
    /// Swapping along the path does what CPython's "hold the new item aside" does.
    fn siftdown(&mut self, start: usize, mut pos: usize) {
        while pos > start {
            let parent = (pos - 1) >> 1;
            if self.0[pos].when < self.0[parent].when {
                self.0.swap(pos, parent);
                pos = parent;
            } else {
                break;
            }
        }
    }
    fn siftup(&mut self, mut pos: usize) {
        let (end, start) = (self.0.len(), pos);
        let mut child = 2 * pos + 1;
        while child < end {
            let right = child + 1;
            if right < end && !(self.0[child].when < self.0[right].when) {
                child = right;
            }
            self.0.swap(pos, child);
            pos = child;
            child = 2 * pos + 1;
        }
        self.siftdown(start, pos);
    }
}
