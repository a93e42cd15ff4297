//! Owns: asyncio: the event loop, tasks, futures, synchronisation, timeouts, streams.
//! Never: knows the transpiler. One file per file of CPython's package; DESIGN §6.

pub mod park;
pub mod asyncgens;
pub mod chain;
pub mod condition;
pub mod connect;
pub mod context;
pub mod coroutines;
pub mod datagram;
pub mod direct;
pub mod ensure;
pub mod events;
pub mod exceptions;
pub mod executor;
pub mod futures;
pub mod gather;
pub mod glue;
pub mod handlers;
pub mod handles;
pub mod locks;
pub mod loop_;
pub mod loop_methods;
pub mod loop_signals;
pub mod mixins;
pub mod module;
pub mod net_module;
pub mod policy;
pub mod pool;
pub mod protocol_calls;
pub mod protocols;
pub mod queues;
pub mod repr;
pub mod runners;
pub mod selector;
pub mod server;
pub mod sleep;
pub mod streams;
pub mod subprocess;
pub mod taskgroups;
pub mod tasks;
pub mod threads;
pub mod timeouts;
pub mod timers;
pub mod transports;
pub mod wait;

pub use direct::{create_task, gather, run, wait_for};
