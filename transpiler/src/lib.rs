//! tauraro
