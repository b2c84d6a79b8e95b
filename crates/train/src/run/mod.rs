//! A run: what it is to do, how it begins or goes on, how it trains and stops.

pub mod console;
pub mod device;
pub mod plan;
pub mod session;
pub mod stop;
pub mod trainer;
