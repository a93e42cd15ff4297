//! Owns: the `bytes`, `bytearray` and `memoryview` types. Never: encodings (`text::codec`).

pub mod element;
