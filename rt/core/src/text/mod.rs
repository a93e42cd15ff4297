//! Owns: pure text algorithms over `Str` and bytes. Never: a `Value`, an exception in flight, an object.
