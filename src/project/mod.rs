//! Files on disk: which belong to a project, their bytes, and the places that findings point at.

pub mod discovery;
pub mod read_file;
pub mod source;
pub mod walk;
