//! Owns: the runtime's source and the templates, as packed by `build.rs`.
//! Never: touches the disk (`cache` writes it out).

include!(concat!(env!("OUT_DIR"), "/rt_source.rs"));
