//! Glob patterns of `campaigns`: which files they match, and which folders can contain matches.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use globset::{Glob, GlobBuilder, GlobMatcher, GlobSet, GlobSetBuilder};

/// The wildcard characters.
const WILD: [char; 8] = ['*', '?', '[', ']', '{', '}', '\\', '!'];

/// A pattern of the project in `root` without needless parts: `./a/../b/*.kdl` is `b/*.kdl`. Parts that go up are taken as
/// text, whatever links there are.
pub(super) fn simplified(pattern: &str, root: &Path) -> String {
    let parts: Vec<&str> = pattern.split('/').collect();
    let (folders, file) = parts.split_at(parts.len() - 1);
    let wild = folders.iter().position(|part| part.contains(WILD));
    let (literal, wild) = folders.split_at(wild.unwrap_or(folders.len()));
    let mut up = 0;
    let mut down: Vec<&str> = Vec::new();
    for part in literal {
        match *part {
            "" | "." => {}
            ".." if down.pop().is_none() => up += 1,
            ".." => {}
            name => down.push(name),
        }
    }
    // Up, and down into where one came from.
    let mut back = 0;
    let mut above = root.components().rev().take(up).collect::<Vec<_>>().into_iter().rev();
    while down
        .get(back)
        .is_some_and(|name| above.next() == Some(Component::Normal(OsStr::new(name))))
    {
        back += 1;
    }
    let up = std::iter::repeat_n("..", up - back.min(up));
    let whole: Vec<&str> = up
        .chain(down.into_iter().skip(back))
        .chain(wild.iter().copied())
        .chain(file.iter().copied())
        .collect();
    whole.join("/")
}

/// The folders in front of the first wildcard of a pattern that is simplified.
pub(super) fn literal_folder(pattern: &str) -> PathBuf {
    let mut parts: Vec<&str> = pattern.split('/').collect();
    parts.pop();
    let wild = parts.iter().position(|part| part.contains(WILD)).unwrap_or(parts.len());
    parts[..wild].iter().collect()
}

/// A folder as patterns see it from the project's: both absolute and without links. Nothing where they are on two disks.
pub(super) fn seen_from(root: &Path, folder: &Path) -> Option<PathBuf> {
    if let Ok(below) = folder.strip_prefix(root) {
        return Some(below.to_owned());
    }
    let above = root.ancestors().find(|above| folder.starts_with(above))?;
    let up = root
        .strip_prefix(above)
        .ok()?
        .components()
        .map(|_| Component::ParentDir);
    Some(up.chain(folder.strip_prefix(above).ok()?.components()).collect())
}

/// The most patterns of a project.
pub(crate) const MAX_PATTERNS: usize = 200;
/// The most characters of a pattern: all patterns together fit the limits of [`GlobSet`].
const LONGEST_PATTERN: usize = 250;

/// Checks that a pattern can match files.
///
/// # Errors
///
/// What is wrong with it, in words.
pub(crate) fn check_pattern(pattern: &str) -> Result<(), String> {
    if pattern.chars().count() > LONGEST_PATTERN {
        return Err(format!("it has more than {LONGEST_PATTERN} characters"));
    }
    let glob = glob(pattern).and_then(|glob| GlobSetBuilder::new().add(glob).build());
    glob.map(drop).map_err(|why| why.kind().to_string())
}

fn glob(pattern: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(trimmed(pattern)).literal_separator(true).build()
}

/// Which files the patterns name.
#[derive(Debug)]
pub(super) enum Globs {
    /// A single `FOLDER/**/*END`, which nearly every project has.
    Below { folder: String, end: String },
    /// Any other patterns.
    Any(GlobSet),
}

impl Globs {
    /// Patterns that cannot be read are reported where the project file is lowered; here they match nothing.
    pub(super) fn new<S: AsRef<str>>(patterns: &[S]) -> Self {
        if let [pattern] = patterns
            && let Some((folder, end)) = trimmed(pattern.as_ref()).split_once("/**/*")
            && !format!("{folder}{end}").contains(WILD)
            && !format!("{folder}{end}").contains('/')
            && !folder.is_empty()
        {
            let (folder, end) = (folder.to_owned(), end.to_owned());
            return Self::Below { folder, end };
        }
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            if let Ok(glob) = glob(pattern.as_ref()) {
                set.add(glob);
            }
        }
        Self::Any(set.build().unwrap_or_else(|_| GlobSet::empty()))
    }

    /// Whether they name a file, by its path from the root.
    pub(super) fn name(&self, file: &Path) -> bool {
        match self {
            Self::Below { folder, end } => {
                let path = file.as_os_str().as_encoded_bytes();
                let below = path.strip_prefix(folder.as_bytes());
                below.is_some_and(|below| below.starts_with(b"/") && below[1..].ends_with(end.as_bytes()))
            }
            Self::Any(set) => set.is_match(file),
        }
    }
}

fn trimmed(pattern: &str) -> &str {
    pattern.trim_start_matches("./")
}

/// A position in a pattern: the pattern, and its next part.
pub(super) type PatternPoint = (usize, usize);

/// Patterns split at `/`, with the positions that a path reaches in them. They tell whether a folder that was entered
/// already can match anything new by another path.
pub(super) struct Parts(Vec<Vec<Part>>);

enum Part {
    /// `**`: any folders, or none.
    Any,
    Name(String),
    Wild(GlobMatcher),
    /// A pattern that cannot be split at `/`, such as `{a/b,c}`; it is always tried.
    Whole,
}

impl Parts {
    pub(super) fn new<S: AsRef<str>>(patterns: &[S]) -> Self {
        Self(patterns.iter().map(|pattern| parts(pattern.as_ref())).collect())
    }

    /// The positions reached at a folder, by its path from the root; nothing if no pattern can match in it.
    pub(super) fn after(&self, folder: &Path) -> BTreeSet<PatternPoint> {
        let mut points = self.with_folders_left_out((0..self.0.len()).map(|pattern| (pattern, 0)));
        for part in folder.components() {
            points = self.below(&points, part.as_os_str());
        }
        points
    }

    /// The same for a subfolder of this name.
    pub(super) fn below(&self, points: &BTreeSet<PatternPoint>, name: &OsStr) -> BTreeSet<PatternPoint> {
        let next = points
            .iter()
            .filter_map(|(pattern, at)| match self.part(*pattern, *at)? {
                Part::Any | Part::Whole => Some((*pattern, *at)),
                Part::Name(known) => (name == OsStr::new(known)).then_some((*pattern, at + 1)),
                Part::Wild(glob) => glob.is_match(name).then_some((*pattern, at + 1)),
            });
        self.with_folders_left_out(next)
    }

    /// Whether a pattern cannot be split.
    pub(super) fn is_whole(&self, (pattern, at): PatternPoint) -> bool {
        matches!(self.part(pattern, at), Some(Part::Whole))
    }

    /// Adds what follows a `**` that matches no folder.
    fn with_folders_left_out(&self, points: impl Iterator<Item = PatternPoint>) -> BTreeSet<PatternPoint> {
        let mut all = BTreeSet::new();
        for (pattern, mut at) in points {
            while let Some(part) = self.part(pattern, at) {
                all.insert((pattern, at));
                if !matches!(part, Part::Any) {
                    break;
                }
                at += 1;
            }
        }
        all
    }

    fn part(&self, pattern: usize, at: usize) -> Option<&Part> {
        self.0.get(pattern)?.get(at)
    }
}

fn parts(pattern: &str) -> Vec<Part> {
    let part = |text: &str| match text {
        "**" => Some(Part::Any),
        text if !text.contains(WILD) => Some(Part::Name(text.to_owned())),
        text => {
            let glob = GlobBuilder::new(text).literal_separator(true).build().ok()?;
            Some(Part::Wild(glob.compile_matcher()))
        }
    };
    let taken_apart: Option<Vec<Part>> = trimmed(pattern).split('/').map(part).collect();
    taken_apart.unwrap_or_else(|| vec![Part::Whole])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fields::DEFAULT_CAMPAIGNS;

    fn by_library(pattern: &str, file: &Path) -> bool {
        let glob = GlobBuilder::new(trimmed(pattern)).literal_separator(true).build();
        let set = glob.and_then(|glob| GlobSetBuilder::new().add(glob).build());
        set.is_ok_and(|set| set.is_match(file))
    }

    /// Whether a walk may come by such a path: names with one `/` between each two.
    fn is_walked(file: &Path) -> bool {
        let names = file.to_str().unwrap_or_default().split('/');
        names.into_iter().all(|name| !matches!(name, "" | "." | ".."))
    }

    #[test]
    fn the_default_goes_the_short_way() {
        assert!(matches!(Globs::new(&[DEFAULT_CAMPAIGNS]), Globs::Below { .. }));
    }

    #[test]
    fn patterns_are_simplified() {
        for (pattern, expected) in [
            ("campaigns/**/*.kdl", "campaigns/**/*.kdl"),
            ("./a/./b//*.kdl", "a/b/*.kdl"),
            ("a/../b/*.kdl", "b/*.kdl"),
            ("../x/*.kdl", "../x/*.kdl"),
            ("../p/x/*.kdl", "x/*.kdl"),
            ("../../r/p/x.kdl", "x.kdl"),
            ("../../r/q/x.kdl", "../q/x.kdl"),
            ("../../../../*.kdl", "../../../../*.kdl"),
            ("*/../x.kdl", "*/../x.kdl"),
            ("x.kdl", "x.kdl"),
        ] {
            assert_eq!(simplified(pattern, Path::new("/r/p")), expected, "{pattern}");
        }
    }

    #[test]
    fn a_folder_is_seen_from_the_project() {
        let seen = |folder: &str| seen_from(Path::new("/r/p"), Path::new(folder)).unwrap();
        assert_eq!(seen("/r/p/a/b"), Path::new("a/b"));
        assert_eq!(seen("/r/p"), Path::new(""));
        assert_eq!(seen("/r/q/a"), Path::new("../q/a"));
        assert_eq!(seen("/x"), Path::new("../../x"));
    }

    proptest! {
        #[test]
        fn the_short_way_names_the_same_files(
            pattern in "(\\./)?[ab/]{0,3}(/\\*\\*)?/\\*{0,2}[ab.*/]{0,4}",
            files in proptest::collection::vec("[ab]{1,2}(/[ab.]{1,4}){0,3}", 20),
        ) {
            let globs = Globs::new(&[&pattern]);
            for file in files.iter().map(Path::new).filter(|file| is_walked(file)) {
                prop_assert_eq!(globs.name(file), by_library(&pattern, file), "{} {}", pattern, file.display());
            }
        }

        /// No folder is left out in which a pattern names a file.
        #[test]
        fn something_is_left_of_a_pattern_in_the_folder_of_each_file_that_it_names(
            pattern in "([ab]|\\*\\*|\\*|[ab]\\*|\\{a,b\\}|\\{a/b,b\\}|\\[ab\\]){1}(/([ab]|\\*\\*|\\*|\\?)){0,3}/[ab]?\\*{0,2}",
            files in proptest::collection::vec("[ab]{1,2}(/[ab]{1,2}){0,4}", 20),
        ) {
            let (globs, parts) = (Globs::new(&[&pattern]), Parts::new(&[&pattern]));
            for file in files.iter().map(Path::new) {
                if globs.name(file) {
                    let folder = file.parent().unwrap();
                    prop_assert!(!parts.after(folder).is_empty(), "{} {}", pattern, file.display());
                }
            }
        }
    }
}
