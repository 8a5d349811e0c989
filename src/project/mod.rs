//! Files on disk: which of them belong to a project, their bytes, and the places in them that findings point at.

pub mod discovery;
pub mod read_file;
pub mod source;
pub mod walk;
