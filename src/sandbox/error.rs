//! Errors of starting the sandbox.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the sandbox did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The address can be reached from other machines.
    #[error(
        "the sandbox does not listen on {addr}: it takes any token, so it serves this machine only; \
         choose a loopback address such as 127.0.0.1:{}", .addr.port()
    )]
    NotLoopback {
        /// The address that was asked for.
        addr: SocketAddr,
    },
    /// Something listens there already.
    #[error(
        "the sandbox cannot listen on {addr}: the port is in use, perhaps by another sandbox; \
         stop that one or choose another port"
    )]
    PortInUse {
        /// The address that was asked for.
        addr: SocketAddr,
    },
    /// The system refused the address for another reason.
    #[error("the sandbox cannot listen on {addr}: {source}; choose another address or port")]
    Listen {
        /// The address that was asked for.
        addr: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// Another process has the data folder.
    #[error(
        "the sandbox's data folder {} is in use by another process; stop that sandbox (or the apply --sandbox that \
         runs it) or name another folder", .folder.display()
    )]
    FolderInUse {
        /// The data folder.
        folder: PathBuf,
    },
    /// The data folder, or a file in it, cannot be opened, read or written.
    #[error("the sandbox cannot use {}: {source}; make it readable and writable or name another data folder", .path.display())]
    Data {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Something else has the name of the task file.
    #[error(
        "{} is not a task file of the sandbox, so it was left as it is; move it away or name another data folder",
        .path.display()
    )]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// A line of the task file is not one that the sandbox writes.
    #[error(
        "the sandbox's task file {} is damaged at line {line}: {reason}; move the file away to start with no tasks, \
         or fix that line", .path.display()
    )]
    Damaged {
        /// The task file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The task file was written by a newer dialform.
    #[error(
        "the sandbox's task file {} has format {found}, and this dialform knows formats up to {known}; \
         use the newer dialform or name another data folder", .path.display()
    )]
    NewerFormat {
        /// The task file.
        path: PathBuf,
        /// The format that the file states.
        found: u32,
        /// The newest format that this program reads.
        known: u32,
    },
}
