//! Never twice, never lost: the program is ended, cut off, lied to and starved of disk, and what must hold is checked
//! after each step. `docs/reliability.md` lists the cases, and says how to run all of them.
#![allow(clippy::print_stdout, clippy::print_stderr)] // The counts of cases, and what is skipped.

mod crash;
mod disk;
mod ends;
mod mistakes;
mod network;
mod order;
mod proof;
mod races;
mod scene;
mod store_faults;
mod stores;
