//! The certificate of servers that are reached by TLS; benches have it, too.

use rustls::SignatureScheme;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// A self-signed Ed25519 certificate for 127.0.0.1 with the same key each time: DER by hand, as it takes little of it.
pub(crate) fn certificate() -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    const ED25519: &[u8] = &[0x30, 5, 6, 3, 0x2b, 0x65, 0x70];
    let mut pkcs8 = vec![0x30, 0x2e, 2, 1, 0];
    pkcs8.extend([ED25519, &[4, 0x22, 4, 0x20], &[7; 32]].concat());
    let key = PrivatePkcs8KeyDer::from(pkcs8);
    let signer = rustls::crypto::ring::sign::any_eddsa_type(&key).unwrap();

    let name = der(
        0x30,
        &[&der(
            0x31,
            &[&der(0x30, &[&[6, 3, 0x55, 4, 3], &der(0x0c, &[b"dialform test"])])],
        )],
    );
    let validity = der(
        0x30,
        &[&der(0x17, &[b"250101000000Z"]), &der(0x18, &[b"21250101000000Z"])],
    );
    let address = der(0x04, &[&der(0x30, &[&der(0x87, &[&[127, 0, 0, 1]])])]);
    let extensions = der(
        0xa3,
        &[&der(0x30, &[&der(0x30, &[&[6, 3, 0x55, 0x1d, 0x11], &address])])],
    );
    let public_key = signer.public_key().unwrap();
    let version_and_serial = [0xa0, 3, 2, 1, 2, 2, 1, 1];
    let tbs = der(
        0x30,
        &[
            &version_and_serial,
            ED25519,
            &name,
            &validity,
            &name,
            public_key.as_ref(),
            &extensions,
        ],
    );
    let signature = signer
        .choose_scheme(&[SignatureScheme::ED25519])
        .unwrap()
        .sign(&tbs)
        .unwrap();
    (
        der(0x30, &[&tbs, ED25519, &der(0x03, &[&[0], &signature])]).into(),
        key.into(),
    )
}

fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let head = if content.len() < 0x80 {
        vec![tag, length[1]]
    } else {
        vec![tag, 0x82, length[0], length[1]]
    };
    // The shortest form of the length is required, and two bytes are it only from 256 on.
    let head = if (0x80..0x100).contains(&content.len()) {
        vec![tag, 0x81, length[1]]
    } else {
        head
    };
    [head, content].concat()
}

/// A certificate as `--ca-file` takes it.
pub(crate) fn pem(certificate: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let encode = |chunk: &[u8]| {
        let bits = chunk
            .iter()
            .chain(&[0; 2])
            .take(3)
            .fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        let digit = |n: usize| {
            if n > chunk.len() {
                '='
            } else {
                char::from(DIGITS[bits >> (18 - 6 * n) & 63])
            }
        };
        [digit(0), digit(1), digit(2), digit(3)]
    };
    let base64: String = certificate.chunks(3).flat_map(encode).collect();
    format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n")
}
