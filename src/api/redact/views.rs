//! Everything that a text may say: the text itself, and what its escapes, base64 and hexadecimal digits stand for.

/// How often what was decoded is decoded again. A secret that is wrapped more often than that is not for people to read.
const MOST_LAYERS: usize = 6;
/// All layers together are no longer than so many times the text, and this much more: the work stays linear.
const MOST_TIMES: usize = 60;
const ALWAYS: usize = 16 * 1024;
/// Fewer digits in a row are no base64, or hexadecimal digits, of a secret that is looked for in parts.
const SHORTEST_RUN: usize = 11;

/// Whether `is_meant` holds for the text or for anything that it stands for. A text that takes too long counts as one
/// that does.
pub(super) fn any(text: &[u8], mut is_meant: impl FnMut(&[u8]) -> bool) -> bool {
    let mut room = text.len().saturating_mul(MOST_TIMES).saturating_add(ALWAYS);
    let mut layer = vec![text.to_vec()];
    for _ in 0..MOST_LAYERS {
        let mut next = Vec::new();
        for view in layer {
            match room.checked_sub(view.len()) {
                Some(left) => room = left,
                None => return true,
            }
            if is_meant(&view) {
                return true;
            }
            next.extend(decoded(&view));
        }
        if next.is_empty() {
            return false;
        }
        layer = next;
    }
    layer.iter().any(|view| is_meant(view))
}

/// What a text stands for in each way of writing, as far as that is another text.
fn decoded(text: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let escapes = [unescaped(text), quoted_printable(text)];
    let escapes = escapes.into_iter().filter(|view| view != text);
    let digits = [base64(text), hexadecimal(text)].into_iter().flatten();
    let all: Vec<Vec<u8>> = escapes.chain(digits).filter(|view| !view.is_empty()).collect();
    all.into_iter()
}

/// The escapes of JSON, URLs, HTML and programs.
pub(super) fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, more @ ..] = rest {
        let read = match first {
            b'\\' => backslash(more),
            b'%' => percent(more),
            b'&' => entity(more),
            _ => None,
        };
        match read {
            Some((character, left)) => {
                push(&mut out, character);
                rest = left;
            }
            None => {
                out.push(*first);
                rest = more;
            }
        }
    }
    out
}

/// What one escape stands for, and what follows it.
type Escape<'t> = Option<(u32, &'t [u8])>;

fn push(out: &mut Vec<u8>, character: u32) {
    match (u8::try_from(character), char::from_u32(character)) {
        // Bytes stay bytes: two of them may be the halves of one letter.
        (Ok(byte), _) => out.push(byte),
        (_, Some(character)) => out.extend(character.encode_utf8(&mut [0; 4]).bytes()),
        (_, None) => {}
    }
}

fn backslash(rest: &[u8]) -> Escape<'_> {
    let (sign, more) = rest.split_first()?;
    match sign {
        b'u' | b'U' => match more.strip_prefix(b"{") {
            Some(braced) => {
                let (number, left) = number(braced, 16, 6)?;
                Some((number, left.strip_prefix(b"}")?))
            }
            None => exactly(more, 4),
        },
        b'x' | b'X' => exactly(more, 2),
        b'0'..=b'7' => number(rest, 8, 3),
        b'n' | b't' | b'r' | b'b' | b'f' => Some((u32::from(b' '), more)),
        _ => Some((u32::from(*sign), more)),
    }
}

fn percent(rest: &[u8]) -> Escape<'_> {
    match rest.split_first()? {
        (b'u' | b'U', more) => exactly(more, 4),
        _ => exactly(rest, 2),
    }
}

fn entity(rest: &[u8]) -> Escape<'_> {
    let without_end = |left: &[u8]| left.strip_prefix(b";").map_or(0, |_| 1);
    if let Some(numbered) = rest.strip_prefix(b"#") {
        let (number, left) = match numbered.split_first()? {
            (b'x' | b'X', digits) => number(digits, 16, 8)?,
            _ => number(numbered, 10, 8)?,
        };
        return Some((number, left.get(without_end(left)..)?));
    }
    const LONGEST: usize = 12;
    let end = rest.iter().take(LONGEST).position(|byte| *byte == b';')?;
    let (name, left) = (rest.get(..end)?, rest.get(end..)?);
    let known = NAMED.iter().find(|(_, names)| {
        let mut names = names.split(' ');
        names.any(|known| known.as_bytes().eq_ignore_ascii_case(name))
    });
    Some((u32::from(known?.0), left.get(1..)?))
}

/// The characters of tokens and passwords that HTML has names for.
const NAMED: [(u8, &str); 31] = [
    (b'&', "amp"),
    (b'<', "lt"),
    (b'>', "gt"),
    (b'"', "quot"),
    (b'\'', "apos"),
    (b'/', "sol"),
    (b'\\', "bsol"),
    (b'+', "plus"),
    (b'=', "equals"),
    (b'_', "lowbar underbar"),
    (b'-', "hyphen dash"),
    (b'.', "period"),
    (b',', "comma"),
    (b':', "colon"),
    (b';', "semi"),
    (b'!', "excl"),
    (b'?', "quest"),
    (b'#', "num"),
    (b'$', "dollar"),
    (b'%', "percnt"),
    (b'*', "ast midast"),
    (b'@', "commat"),
    (b'^', "hat"),
    (b'`', "grave"),
    (b'(', "lpar"),
    (b')', "rpar"),
    (b'[', "lsqb lbrack"),
    (b']', "rsqb rbrack"),
    (b'{', "lcub lbrace"),
    (b'}', "rcub rbrace"),
    (b'|', "verbar vert"),
];

/// A number of exactly so many hexadecimal digits.
fn exactly(text: &[u8], digits: usize) -> Escape<'_> {
    let (number, left) = number(text, 16, digits)?;
    (text.len().checked_sub(left.len()) == Some(digits)).then_some((number, left))
}

/// A number of at most so many digits.
fn number(text: &[u8], base: u32, most: usize) -> Escape<'_> {
    let digit = |byte: &u8| char::from(*byte).to_digit(base);
    let length = text.iter().take(most).take_while(|byte| digit(byte).is_some()).count();
    let (digits, left) = text.split_at_checked(length).filter(|(digits, _)| !digits.is_empty())?;
    let number = digits
        .iter()
        .filter_map(digit)
        .fold(0_u32, |number, digit| number.saturating_mul(base).saturating_add(digit));
    Some((number, left))
}

/// `=41`, and lines that end with `=`. On its own, as `=` stands before many a value.
fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, more @ ..] = rest {
        match exactly(more, 2).filter(|_| *first == b'=') {
            Some((number, left)) => {
                push(&mut out, number);
                rest = left;
            }
            None => {
                out.push(*first);
                rest = more;
            }
        }
    }
    out
}

/// What the base64 in a text stands for, in either alphabet, broken into lines or not; it may begin at any of four places.
fn base64(text: &[u8]) -> Vec<Vec<u8>> {
    let value = |byte: &u8| match byte {
        b'A'..=b'Z' => byte.checked_sub(b'A'),
        b'a'..=b'z' => byte.checked_sub(b'a').map(|at| at.saturating_add(26)),
        b'0'..=b'9' => byte.checked_sub(b'0').map(|at| at.saturating_add(52)),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    };
    packed(text, value, 6)
}

/// What the hexadecimal digits in a text stand for; they may begin at either of two places.
fn hexadecimal(text: &[u8]) -> Vec<Vec<u8>> {
    let value = |byte: &u8| {
        let digit = char::from(*byte).to_digit(16)?;
        u8::try_from(digit).ok()
    };
    packed(text, value, 4)
}

/// The bytes that digits of so many bits stand for, read from each place at which a byte may begin.
fn packed(text: &[u8], value: impl Fn(&u8) -> Option<u8>, bits: u32) -> Vec<Vec<u8>> {
    let rows = text.split(|byte| value(byte).is_none());
    if rows.map(<[u8]>::len).max().unwrap_or_default() < SHORTEST_RUN {
        return Vec::new();
    }
    let mut runs: Vec<Vec<u8>> = Vec::new();
    let mut run = Vec::new();
    for byte in text {
        match value(byte) {
            Some(digit) => run.push(digit),
            // Lines are broken anywhere, and a JSON text breaks them with `\n`, which is a blank by now.
            None if byte.is_ascii_whitespace() => {}
            None => runs.push(std::mem::take(&mut run)),
        }
    }
    runs.push(run);
    runs.retain(|run| run.len() >= SHORTEST_RUN);
    // Three bytes are four digits of six bits; two digits of four bits are one byte.
    let places = if bits == 6 { 4 } else { 2 };
    (0..places).map(|skipped| bytes(&runs, skipped, bits)).collect()
}

fn bytes(runs: &[Vec<u8>], skipped: usize, bits: u32) -> Vec<u8> {
    let mut out = Vec::new();
    for run in runs {
        let (mut held, mut count) = (0_u32, 0_u32);
        for digit in run.iter().skip(skipped) {
            held = held.wrapping_shl(bits) | u32::from(*digit);
            count = count.saturating_add(bits);
            if let Some(left) = count.checked_sub(8) {
                out.extend(u8::try_from(held.wrapping_shr(left) & 0xFF));
                count = left;
            }
        }
        out.push(0);
    }
    out
}
