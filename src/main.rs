//! The `dialform` program.

fn main() {}
