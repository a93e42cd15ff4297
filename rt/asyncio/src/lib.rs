//! asyncio
