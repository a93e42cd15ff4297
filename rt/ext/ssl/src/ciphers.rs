//! Owns: cipher suites by OpenSSL's names, and its language for choosing among them.
//! Never: encrypts.
//! Source: OpenSSL, ciphers(1).

use rustls::SupportedCipherSuite;

/// OpenSSL's name of a suite, and its key's bits.
pub fn name(suite: &SupportedCipherSuite) -> (String, i64) {
    let text = format!("{:?}", suite.suite());
    let bits = if text.contains("128") { 128 } else { 256 };
    let Some(plain) = text.strip_prefix("TLS13_") else {
        let short = text.trim_start_matches("TLS_").replace("_WITH_", "_").replace("_128_", "128_").replace("_256_", "256_");
        let short = short.replace("CHACHA20_POLY1305_SHA256", "CHACHA20_POLY1305");
        return (short.replace('_', "-"), bits);
    };
    (format!("TLS_{plain}"), bits)
}
pub fn version(suite: &SupportedCipherSuite) -> &'static str {
    if suite.tls13().is_some() { "TLSv1.3" } else { "TLSv1.2" }
}

fn has(suite: &str, word: &str) -> bool {
    match word {
        "ALL" | "DEFAULT" | "COMPLEMENTOFALL" | "HIGH" | "ECDHE" | "EECDH" | "kECDHE" | "ECDH" | "kEECDH" | "TLSv1.2" | "AEAD" => true,
        "AESGCM" => suite.contains("GCM"),
        "AES" => suite.contains("AES"),
        "AES128" => suite.contains("AES128"),
        "AES256" => suite.contains("AES256"),
        "CHACHA20" => suite.contains("CHACHA20"),
        "aRSA" | "RSA" => suite.contains("-RSA-"),
        "aECDSA" | "ECDSA" => suite.contains("-ECDSA-"),
        "SHA256" => suite.ends_with("SHA256"),
        "SHA384" => suite.ends_with("SHA384"),
        other => suite == other,
    }
}

/// The suites that a list such as `ECDHE+AESGCM:!aNULL` chooses; those of TLS 1.3 are not chosen this way. `None`:
/// nothing is left.
pub fn choose(list: &str, all: &[SupportedCipherSuite]) -> Option<Vec<SupportedCipherSuite>> {
    let mut chosen: Vec<SupportedCipherSuite> = Vec::new();
    let older: Vec<(SupportedCipherSuite, String)> = all.iter().filter(|s| s.tls13().is_none()).map(|s| (*s, name(s).0)).collect();
    for word in list.split([':', ' ', ',', ';']).filter(|word| !word.is_empty() && !word.starts_with('@')) {
        let (out, parts) = match word.strip_prefix(['!', '-']) {
            Some(rest) => (true, rest),
            None => (false, word.trim_start_matches('+')),
        };
        let fits = |suite: &str| parts.split('+').all(|part| has(suite, part));
        for (suite, called) in older.iter().filter(|(_, called)| fits(called)) {
            if out {
                chosen.retain(|one| name(one).0 != *called);
            } else if chosen.iter().all(|one| name(one).0 != *called) {
                chosen.push(*suite);
            }
        }
    }
    if chosen.is_empty() {
        return None;
    }
    Some(all.iter().filter(|s| s.tls13().is_some()).copied().chain(chosen).collect())
}
