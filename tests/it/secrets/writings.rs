//! A secret in all the writings in which servers send it back.

fn base64_of(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let held = chunk.iter().fold(0_u32, |held, byte| held << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            out.push(char::from(alphabet[(held >> (18 - 6 * place) & 63) as usize]));
        }
        out.push_str(&"==="[..3 - chunk.len()]);
    }
    out
}

fn alphabet(last: &[u8; 2]) -> [u8; 64] {
    let letters = (b'A'..=b'Z').chain(b'a'..=b'z').chain(b'0'..=b'9').chain(*last);
    letters.collect::<Vec<u8>>().try_into().unwrap()
}

/// A secret as servers may send it back.
pub(crate) fn writings(secret: &str) -> Vec<(&'static str, String)> {
    let each = |write: &dyn Fn(u8) -> String| secret.bytes().map(write).collect::<String>();
    let signs = |write: &dyn Fn(u8) -> String| -> String {
        each(&|byte| match byte.is_ascii_alphanumeric() {
            true => char::from(byte).to_string(),
            false => write(byte),
        })
    };
    let standard = |text: &str| base64_of(text.as_bytes(), &alphabet(b"+/"));
    let url_safe = |text: &str| base64_of(text.as_bytes(), &alphabet(b"-_"));
    let json = serde_json::to_string(&serde_json::json!({ "authorization": format!("Bearer {secret}") })).unwrap();
    vec![
        ("as it is", secret.to_owned()),
        ("in capitals", secret.to_uppercase()),
        ("in small letters", secret.to_lowercase()),
        ("json slash", secret.replace('/', "\\/")),
        ("json twice", secret.replace('/', "\\\\\\/")),
        ("json u", signs(&|byte| format!("\\u{byte:04x}"))),
        ("json u, all", each(&|byte| format!("\\u{byte:04X}"))),
        ("json u twice", each(&|byte| format!("\\\\u{byte:04X}"))),
        ("percent", signs(&|byte| format!("%{byte:02X}"))),
        ("percent, all", each(&|byte| format!("%{byte:02x}"))),
        ("percent twice", each(&|byte| format!("%25{byte:02x}"))),
        ("percent u", each(&|byte| format!("%u{byte:04x}"))),
        ("entities", signs(&|byte| format!("&#{byte};"))),
        ("entities, hexadecimal", each(&|byte| format!("&#x{byte:x};"))),
        (
            "entities, named",
            secret
                .replace('/', "&sol;")
                .replace('+', "&plus;")
                .replace('=', "&equals;"),
        ),
        ("entities twice", each(&|byte| format!("&amp;#{byte};"))),
        ("hexadecimal", each(&|byte| format!("{byte:02x}"))),
        ("hexadecimal, escaped", each(&|byte| format!("\\x{byte:02x}"))),
        ("octal", each(&|byte| format!("\\{byte:03o}"))),
        ("quoted-printable", each(&|byte| format!("={byte:02X}"))),
        ("spaced", each(&|byte| format!("{} ", char::from(byte)))),
        ("letter by letter", each(&|byte| format!("\"{}\",", char::from(byte)))),
        (
            "with zero-width spaces",
            each(&|byte| format!("{}\u{200b}", char::from(byte))),
        ),
        ("UTF-16", each(&|byte| format!("{}\0", char::from(byte)))),
        ("base64", standard(secret)),
        ("base64, shifted by one", standard(&format!("x{secret}"))),
        ("base64, shifted by two", standard(&format!("xy{secret}"))),
        ("base64 of the header", standard(&format!("Bearer {secret}"))),
        ("base64 of JSON", standard(&json)),
        ("base64, url-safe", url_safe(&format!("user:{secret}"))),
        ("base64 twice", standard(&standard(secret))),
        ("base64, url-safe, in percent", url_safe(secret).replace('=', "%3D")),
        (
            "base64 in lines",
            standard(secret)
                .as_bytes()
                .chunks(20)
                .map(|line| String::from_utf8_lossy(line) + "\r\n")
                .collect(),
        ),
        ("its beginning", secret[..20].to_owned()),
        ("its end", secret[secret.len() - 20..].to_owned()),
        ("base64 of its beginning", standard(&secret[..20])),
    ]
}
