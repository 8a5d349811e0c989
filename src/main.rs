//! The `dialform` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    dialform::cli::main()
}
