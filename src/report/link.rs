//! Terminal hyperlinks (OSC 8) to places in files.

use std::fmt::Display;
use std::path::Path;
use std::sync::OnceLock;

use url::Url;

/// A link to a file, or plain text if the file has no URL.
pub fn file(path: &Path, text: &dyn Display) -> String {
    match address(path) {
        Some(address) => format!("\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\"),
        None => text.to_string(),
    }
}

/// `file://HOST/absolute/path`, percent-encoded. The host lets a terminal tell its own files from those of a machine that
/// it only shows.
pub(super) fn address(path: &Path) -> Option<Url> {
    let absolute = std::path::absolute(path).ok()?;
    let mut url = Url::from_file_path(absolute).ok()?;
    if let Some(host) = host() {
        // An invalid host name is left out, which means this machine.
        let _ = url.set_host(Some(host));
    }
    Some(url)
}

fn host() -> Option<&'static str> {
    static HOST: OnceLock<Option<String>> = OnceLock::new();
    let read = || {
        let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
        let name = name.or_else(|| std::env::var("HOSTNAME").ok())?;
        Some(name.trim().to_owned()).filter(|name| !name.is_empty())
    };
    HOST.get_or_init(read).as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn an_address_has_no_character_that_ends_it() {
        let link = file(Path::new("/srv/акции 1/a;b\x1b.kdl"), &"a.kdl:1:2");
        let address = link.split("\x1b]8;;").nth(1).unwrap().split('\x1b').next().unwrap();
        assert!(
            address.ends_with("/srv/%D0%B0%D0%BA%D1%86%D0%B8%D0%B8%201/a;b%1B.kdl"),
            "{address}"
        );
        assert!(address.starts_with("file://") && address.is_ascii(), "{address}");
        assert!(link.ends_with("\x1b\\a.kdl:1:2\x1b]8;;\x1b\\"), "{link:?}");
    }
}
