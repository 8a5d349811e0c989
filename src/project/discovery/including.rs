//! The projects that may include a file that lies in no project's folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::projects_below;
use crate::project::walk::Listings;
use crate::util::boundary::{Boundary, Extent, outer_root_of};

/// The folders of the projects that may include files of these folders, which lie in no project's: those of their repository, as
/// `campaigns "../shared/*.kdl"` does, and the one around a submodule.
pub fn may_include(folders: &BTreeSet<&Path>, listings: &mut Listings) -> BTreeSet<PathBuf> {
    let mut roots: BTreeSet<PathBuf> = folders.iter().filter_map(|folder| outer_root_of(folder)).collect();
    let boundaries = folders.iter().map(|folder| Boundary::around(folder));
    let repositories = boundaries.filter(|boundary| boundary.extent() == Extent::Repository);
    let repositories: BTreeSet<PathBuf> = repositories.map(|boundary| boundary.folder().to_owned()).collect();
    for repository in repositories {
        roots.extend(projects_below(&repository, listings).projects);
    }
    roots
}
