//! Opens files of one folder relative to that folder.

use std::fs::File;
use std::io;
use std::path::Path;

/// Opens files. Where many of one folder follow one another, as they do in a project, the way to that folder is gone once.
///
/// A link in the place of a file is not followed, as where it leads was not looked at; and opening never waits, as it would for
/// the other end of a pipe.
#[derive(Debug, Default)]
pub(super) struct Opener {
    #[cfg(unix)]
    folder: LastFolder,
}

impl Opener {
    #[cfg(unix)]
    pub(super) fn open(&mut self, path: &Path) -> io::Result<File> {
        use std::os::unix::ffi::OsStrExt;

        let whole = path.as_os_str().as_bytes();
        let Some(slash) = whole.iter().rposition(|byte| *byte == b'/') else {
            return open(path);
        };
        let (folder, name) = (&whole[..=slash], &whole[slash + 1..]);
        self.folder.enter(folder);
        match &self.folder.handle {
            Some(handle) => open_in(handle, name),
            None => open(path),
        }
    }

    #[cfg(not(unix))]
    pub(super) fn open(&mut self, path: &Path) -> io::Result<File> {
        File::open(path)
    }
}

/// The folder of the file that was opened last.
#[cfg(unix)]
#[derive(Debug, Default)]
struct LastFolder {
    path: Vec<u8>,
    /// Nothing where it cannot be opened by itself: that may be forbidden where its files may be read.
    handle: Option<std::os::fd::OwnedFd>,
}

#[cfg(unix)]
impl LastFolder {
    fn enter(&mut self, path: &[u8]) {
        use rustix::fs::{Mode, OFlags};

        if self.path == path {
            return;
        }
        self.path.clear();
        self.path.extend_from_slice(path);
        let how = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        self.handle = rustix::io::retry_on_intr(|| rustix::fs::open(path, how, Mode::empty())).ok();
    }
}

#[cfg(unix)]
const HOW: rustix::fs::OFlags = {
    use rustix::fs::OFlags;
    OFlags::RDONLY
        .union(OFlags::CLOEXEC)
        .union(OFlags::NOFOLLOW)
        .union(OFlags::NONBLOCK)
        .union(OFlags::NOCTTY)
};

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    let open = || rustix::fs::open(path, HOW, rustix::fs::Mode::empty());
    Ok(File::from(rustix::io::retry_on_intr(open)?))
}

#[cfg(unix)]
fn open_in(folder: &std::os::fd::OwnedFd, name: &[u8]) -> io::Result<File> {
    let open = || rustix::fs::openat(folder, name, HOW, rustix::fs::Mode::empty());
    Ok(File::from(rustix::io::retry_on_intr(open)?))
}
