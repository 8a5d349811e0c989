//! The hash of a line that GitHub uses to match findings between runs: `primaryLocationLineHash`.
//!
//! Code scanning looks at no other fingerprint. Its upload action computes this one where it is missing and warns where it
//! differs, so it is the action's own (`src/fingerprints.ts` of github/codeql-action), unit by unit; given along, it is
//! there also where a report reaches GitHub without the action.

use std::collections::HashMap;

/// The number of characters from the start of a line that are hashed.
const BLOCK: usize = 100;
const FACTOR: u64 = 37;
/// The value that the end of a file is hashed as.
const END: u16 = u16::MAX;

/// The hash of each line; equal lines are numbered. Blanks do not count, and all ends of lines are alike.
pub(super) fn line_hashes(text: &str) -> Vec<String> {
    let (units, starts) = counted(text);
    let mut seen: HashMap<u64, usize> = HashMap::new();
    let hashes = starts.iter().map(|start| {
        let line = units[*start..].iter().chain(std::iter::repeat(&0)).take(BLOCK);
        let hash = line.fold(0_u64, |hash, unit| {
            hash.wrapping_mul(FACTOR).wrapping_add(u64::from(*unit))
        });
        let count = seen.entry(hash).or_default();
        *count += 1;
        format!("{hash:x}:{count}")
    });
    hashes.collect()
}

/// The UTF-16 units that count, and where among them lines begin.
fn counted(text: &str) -> (Vec<u16>, Vec<usize>) {
    const TAB: u16 = b'\t' as u16;
    const LF: u16 = b'\n' as u16;
    const CR: u16 = b'\r' as u16;
    const BLANK: u16 = b' ' as u16;
    let mut units = Vec::with_capacity(text.len() + 1);
    let mut starts = Vec::new();
    let (mut is_start, mut was_cr) = (true, false);
    for unit in text.encode_utf16().chain([END]) {
        let is_counted = unit != BLANK && unit != TAB && !(was_cr && unit == LF);
        was_cr = unit == CR;
        if !is_counted {
            continue;
        }
        if is_start {
            starts.push(units.len());
        }
        let unit = if was_cr { LF } else { unit };
        is_start = unit == LF;
        units.push(unit);
    }
    (units, starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Out of the action's own tests.
    #[test]
    fn hashes_are_those_of_the_action() {
        let lorem = "Lorem ipsum dolor sit amet.\n".repeat(10);
        let greetings = &[
            "e9496ae3ebfced30:1",
            "fb7c023a8b9ccb3f:1",
            "ce8ba1a563dcdaca:1",
            "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1",
            "c129715d7a2bc9a3:1",
        ];
        let cases: [(&str, &[&str]); 6] = [
            ("", &["c129715d7a2bc9a3:1"]),
            (
                " a\nb\n  \t\tc\n d",
                &[
                    "271789c17abda88f:1",
                    "54703d4cd895b18:1",
                    "180aee12dab6264:1",
                    "a23a3dc5e078b07b:1",
                ],
            ),
            (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", greetings),
            (" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", greetings),
            (" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", greetings),
            (
                &lorem,
                &[
                    "a7f2ff13bc495cf2:1",
                    "a7f2ff13bc495cf2:2",
                    "a7f2ff13bc495cf2:3",
                    "a7f2ff13bc495cf2:4",
                    "a7f2ff13bc495cf2:5",
                    "a7f2ff13bc495cf2:6",
                    "a7f2ff1481e87703:1",
                    "a9cf91f7bbf1862b:1",
                    "55ec222b86bcae53:1",
                    "cc97dc7b1d7d8f7b:1",
                    "c129715d7a2bc9a3:1",
                ],
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(line_hashes(text), expected, "{text:?}");
        }
    }
}
