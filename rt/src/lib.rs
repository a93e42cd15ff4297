//! The facade of the runtime: generated code names this crate alone.

pub mod asyncio;
pub mod native;
pub mod prelude;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
