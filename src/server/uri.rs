//! The names of documents, and paths.

use std::path::{Path, PathBuf};

use gen_lsp_types::Uri;
use url::Url;

use crate::project::discovery::absolute;

/// The path of a `file:` URI, as it is written.
pub(super) fn to_path(uri: &str) -> Option<PathBuf> {
    let url = Url::parse(uri).ok()?;
    (url.scheme() == "file").then(|| url.to_file_path().ok()).flatten()
}

/// The path of a document, absolute and without links. One that is no file gets a path that no file has, since a file's name
/// has no slash.
pub(super) fn document_path(uri: &Uri) -> PathBuf {
    match to_path(uri.as_ref()) {
        Some(path) => absolute(&path).unwrap_or(path),
        None => {
            let name: String = uri.as_ref().chars().filter(|c| c.is_alphanumeric()).collect();
            Path::new("/dev/null").join(name).with_extension("kdl")
        }
    }
}

/// The URI of a file.
pub(super) fn from_path(path: &Path) -> Option<Uri> {
    Url::from_file_path(path).ok().map(|url| Uri::from(String::from(url)))
}
