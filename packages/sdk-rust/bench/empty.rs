//! Does nothing: what a program of Rust costs by itself.

fn main() {}
