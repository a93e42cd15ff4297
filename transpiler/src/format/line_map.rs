//! Owns: which Python line each line of the generated file comes from. Never: columns.

/// Rust line → Python line, as ranges.
#[derive(Clone, Debug, Default)]
pub struct LineMap {
    /// (first Rust line, Python line), ascending.
    entries: Vec<(u32, u32)>,
}

impl LineMap {
    pub(super) fn enter(&mut self, rust_line: u32, python_line: u32) {
        self.entries.push((rust_line, python_line));
    }

    pub(super) fn finish(&mut self, _text: &str) {
        self.entries.sort_unstable();
    }

    /// The Python line that produced a 1-based Rust line, if any statement stands above it.
    pub fn python_line(&self, rust_line: u32) -> Option<u32> {
        let at = self.entries.partition_point(|(r, _)| *r <= rust_line);
        at.checked_sub(1).and_then(|i| self.entries.get(i)).map(|(_, p)| *p)
    }

    /// As text: one `rust python` pair a line.
    pub fn to_text(&self) -> String {
        self.entries.iter().map(|(r, p)| format!("{r} {p}\n")).collect()
    }
}
