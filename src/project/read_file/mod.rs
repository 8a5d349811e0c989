//! Reads and decodes files; a file that is not text or too large becomes a finding.

mod opener;

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::util::boundary::{self, PathError, is_open_already, words_for};
use opener::Opener;

/// Files larger than this, in bytes, are not read, unless the person says otherwise.
pub const MAX_FILE: u64 = 8 * 1024 * 1024;

/// The result of reading a file.
#[derive(Debug)]
pub enum FileContent<T = String> {
    /// Its text.
    Text(T),
    /// Bytes that are not UTF-8. Everything before `offset` is exact.
    NotUtf8 {
        /// The text, with replacement characters.
        text: String,
        /// The position of the first bad byte, 0-based.
        offset: usize,
        /// That byte.
        byte: u8,
    },
    /// A file in UTF-16.
    Utf16,
    /// More bytes than the limit.
    TooLarge {
        /// How many; of what has no size, such as a pipe, as many as were read.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// It must not be read, or the system refused.
    Unreadable {
        /// Why.
        why: PathError,
    },
}

impl<T> FileContent<T> {
    fn map<U>(self, text_of: impl FnOnce(T) -> U) -> FileContent<U> {
        match self {
            Self::Text(text) => FileContent::Text(text_of(text)),
            Self::NotUtf8 { text, offset, byte } => FileContent::NotUtf8 { text, offset, byte },
            Self::Utf16 => FileContent::Utf16,
            Self::TooLarge { bytes, limit } => FileContent::TooLarge { bytes, limit },
            Self::Unreadable { why } => FileContent::Unreadable { why },
        }
    }
}

/// Reads one file of at most `limit` bytes. Where its last part is a link, that is not followed.
pub fn read(path: &Path, limit: u64) -> FileContent {
    FileReader::new(limit).read(path, Kind::Unknown).map(str::to_owned)
}

/// Opens a file that a person named, other than a campaign file: a baseline, a plan, a list of tasks. Links are followed as
/// [`boundary::named`] says. A pipe is opened only where this process has it open already, as from `<(…)` of a shell.
///
/// # Errors
///
/// As the system says; and for a pipe, a socket, a device or a folder, and a link that leads too far.
pub fn open_named(path: &Path) -> io::Result<File> {
    if is_open_already(path) {
        return File::open(path);
    }
    let real = boundary::named(path).map_err(|stop| stop.at(path))?;
    open_regular(&mut Opener::default(), &real)
}

/// Opens a path if it is a regular file.
fn open_regular(opener: &mut Opener, path: &Path) -> io::Result<File> {
    let regular = |found: Metadata| match found.is_file() {
        true => Ok(()),
        false => Err(io::Error::from(PathError::NotAFile(words_for(found.file_type())))),
    };
    // Opening a device can have side effects.
    regular(path.symlink_metadata()?)?;
    let file = opener.open(path)?;
    // The file may have been replaced since the check.
    regular(file.metadata()?)?;
    Ok(file)
}

/// The text of such a file.
///
/// # Errors
///
/// As [`open_named`], and for what is not UTF-8.
pub fn read_named(path: &Path) -> io::Result<String> {
    io::read_to_string(open_named(path)?)
}

/// The bytes of such a file.
pub(crate) fn read_named_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_named(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Makes text of at most `limit` bytes.
pub fn decode(bytes: &[u8], limit: u64) -> FileContent<&str> {
    if bytes.len() as u64 > limit {
        return FileContent::TooLarge {
            bytes: bytes.len() as u64,
            limit,
        };
    }
    // With its mark; or without, where the first two letters are of ASCII.
    if matches!(
        bytes,
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [1..=127, 0, 1..=127, 0, ..] | [0, 1..=127, 0, 1..=127, ..]
    ) {
        return FileContent::Utf16;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => FileContent::Text(text),
        Err(error) => {
            let offset = error.valid_up_to();
            let byte = bytes.get(offset).copied().unwrap_or_default();
            FileContent::NotUtf8 {
                text: String::from_utf8_lossy(bytes).into_owned(),
                offset,
                byte,
            }
        }
    }
}

/// What is known of a file before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file: a short read means the end of the file, which saves a system call.
    Regular,
    /// Perhaps a pipe that this process has open already, which gives what it has and may have more later; other than that, it
    /// has to turn out to be a regular file.
    Unknown,
}

/// Reads files one after another through one buffer.
#[derive(Debug)]
pub struct FileReader {
    opener: Opener,
    buffer: Vec<u8>,
    limit: u64,
}

/// The initial buffer: most campaign files fit one read.
const BUFFER: usize = 64 << 10;

impl FileReader {
    /// A reader of files of at most `limit` bytes.
    pub fn new(limit: u64) -> Self {
        Self {
            opener: Opener::default(),
            buffer: Vec::new(),
            limit,
        }
    }

    /// Reads a file.
    pub fn read(&mut self, path: &Path, kind: Kind) -> FileContent<&str> {
        let opened = self.open(path, kind);
        self.read_open(opened, kind)
    }

    /// Reads a file, and returns its stamp, if it has one.
    pub fn read_stamped(&mut self, path: &Path, kind: Kind) -> (Option<Stamp>, FileContent<&str>) {
        let opened = self.open(path, kind);
        // Taken before the file is read, so that a later change gives another stamp.
        let stamp = opened.as_ref().ok().and_then(|file| Stamp::of(&file.metadata().ok()?));
        (stamp, self.read_open(opened, kind))
    }

    fn open(&mut self, path: &Path, kind: Kind) -> io::Result<File> {
        match kind {
            Kind::Regular => self.opener.open(path),
            Kind::Unknown if is_open_already(path) => File::open(path),
            Kind::Unknown => open_regular(&mut self.opener, path),
        }
    }

    fn read_open(&mut self, opened: io::Result<File>, kind: Kind) -> FileContent<&str> {
        let limit = self.limit;
        match opened.and_then(|file| self.fill(file, kind)) {
            Ok(Filled::Whole(len)) => decode(self.buffer.get(..len).unwrap_or_default(), limit),
            Ok(Filled::TooLarge(bytes)) => FileContent::TooLarge { bytes, limit },
            Err(why) => FileContent::Unreadable { why: why.into() },
        }
    }

    /// Reads a file into the buffer. Of one that is known to be too large, no more is read than tells so.
    fn fill(&mut self, mut file: File, kind: Kind) -> io::Result<Filled> {
        if self.buffer.len() != BUFFER {
            // What a large file left would stay allocated beside all that is made of it.
            self.buffer = vec![0; BUFFER];
        }
        let mut len = 0;
        loop {
            if len == self.buffer.len() {
                let size = file.metadata()?.len();
                if size > self.limit {
                    return Ok(Filled::TooLarge(size));
                }
                // Room for one more byte lets the last read see the end. What is no regular file has no size.
                let more = usize::try_from(size).unwrap_or(usize::MAX).saturating_add(1);
                self.buffer.resize(more.max(len.saturating_mul(2)), 0);
            }
            let room = &mut self.buffer[len..];
            let read = match file.read(room) {
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if read == 0 && len == 0 && kind == Kind::Regular && !file.metadata()?.is_file() {
                // A pipe took the place of the file after that was listed.
                return Err(io::Error::other("it is not a regular file any more"));
            }
            let is_end = read == 0 || (kind == Kind::Regular && read < room.len());
            len += read;
            if len as u64 > self.limit {
                // A pipe has no size; of anything else, the size is what people know.
                let size = file.metadata()?.len();
                return Ok(Filled::TooLarge(size.max(len as u64)));
            }
            if is_end {
                return Ok(Filled::Whole(len));
            }
        }
    }

    /// Frees the buffer of a large file.
    pub fn release(&mut self) {
        if self.buffer.len() > BUFFER {
            self.buffer = Vec::new();
        }
    }
}

/// How much of a file was read.
enum Filled {
    /// All of it: so many bytes.
    Whole(usize),
    /// It has so many bytes.
    TooLarge(u64),
}

/// Identifies a file's version without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    bytes: u64,
    modified: SystemTime,
    identity: FileIdentity,
}

/// Clocks of file systems tick every two seconds at worst.
const TICK: Duration = Duration::from_secs(2);

impl Stamp {
    /// The stamp of a file about to be read. One that was changed just now has none: it may change again without another
    /// time of change.
    fn of(metadata: &Metadata) -> Option<Self> {
        let stamp = Self::found(metadata)?;
        let age = SystemTime::now().duration_since(stamp.modified).ok()?;
        (age > TICK).then_some(stamp)
    }

    /// Whether the file at a path is still the one of this stamp.
    pub fn is_of(&self, path: &Path) -> bool {
        std::fs::metadata(path).is_ok_and(|metadata| Self::found(&metadata) == Some(*self))
    }

    fn found(metadata: &Metadata) -> Option<Self> {
        Some(Self {
            bytes: metadata.len(),
            modified: metadata.modified().ok()?,
            identity: identity(metadata),
        })
    }
}

/// Device, inode and change time, which differ for a replaced file.
#[cfg(unix)]
type FileIdentity = (u64, u64, i64, i64);

#[cfg(unix)]
fn identity(metadata: &Metadata) -> FileIdentity {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

/// When the file was made: another file in the place of the first was made later.
#[cfg(not(unix))]
type FileIdentity = Option<SystemTime>;

#[cfg(not(unix))]
fn identity(metadata: &Metadata) -> FileIdentity {
    metadata.created().ok()
}
