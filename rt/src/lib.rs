//! The facade of the runtime: generated code names this crate alone.

pub mod allocator;
pub mod asyncio;
pub mod backtrace;
pub mod native;
pub mod prelude;
pub mod start;

#[global_allocator]
static ALLOCATOR: allocator::Allocator = allocator::Allocator;

#[cfg(test)]
mod tests {
    #[test]
    fn every_name_of_the_network_links_it() {
        let row = include_str!("native.rs").lines().find(|line| line.contains(" as asyncio__streams;")).unwrap_or("");
        let words: Vec<&str> = row.split(' ').collect();
        for name in rtasyncio::net_module::names() {
            assert!(words.contains(&name), "{name}");
        }
    }
}
