//! Owns: the hash algorithms by name, and one state for all of them.
//! Never: touches a `Value`.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};
use sha3::digest::{ExtendableOutput, Update, XofReader};
use sha3::{Sha3_224, Sha3_256, Sha3_384, Sha3_512, Shake128, Shake256};

macro_rules! algorithms {
    ($($variant:ident $name:literal $block:literal $size:literal;)* | $($xof:ident $xof_name:literal $xof_block:literal;)*) => {
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Algorithm {
            $($variant,)*
            $($xof,)*
        }
        pub const ALL: &[Algorithm] = &[$(Algorithm::$variant,)* $(Algorithm::$xof,)*];
        impl Algorithm {
            pub fn name(self) -> &'static str {
                match self {
                    $(Algorithm::$variant => $name,)*
                    $(Algorithm::$xof => $xof_name,)*
                }
            }
            /// Bytes that are hashed at a time: HMAC pads keys to it.
            pub fn block(self) -> usize {
                match self {
                    $(Algorithm::$variant => $block,)*
                    $(Algorithm::$xof => $xof_block,)*
                }
            }
            /// Of the result, in bytes.
            pub fn size(self) -> usize {
                match self {
                    $(Algorithm::$variant => $size,)*
                    $(Algorithm::$xof => 0,)*
                }
            }
            pub fn is_xof(self) -> bool {
                match self {
                    $(Algorithm::$variant => false,)*
                    $(Algorithm::$xof => true,)*
                }
            }
        }
        #[derive(Clone)]
        pub enum Hasher {
            $($variant($variant),)*
            $($xof($xof),)*
        }
        impl Hasher {
            pub fn new(a: Algorithm) -> Hasher {
                match a {
                    $(Algorithm::$variant => Hasher::$variant($variant::new()),)*
                    $(Algorithm::$xof => Hasher::$xof($xof::default()),)*
                }
            }
            pub fn update(&mut self, data: &[u8]) {
                match self {
                    $(Hasher::$variant(h) => Digest::update(h, data),)*
                    $(Hasher::$xof(h) => Update::update(h, data),)*
                }
            }
            /// The result; `length` counts only where it is free.
            pub fn finish(self, length: usize) -> Vec<u8> {
                match self {
                    $(Hasher::$variant(h) => h.finalize().to_vec(),)*
                    $(Hasher::$xof(h) => {
                        let mut out = vec![0; length];
                        h.finalize_xof().read(&mut out);
                        out
                    })*
                }
            }
        }
    };
}
algorithms! {
    Md5 "md5" 64 16;
    Sha1 "sha1" 64 20;
    Sha224 "sha224" 64 28;
    Sha256 "sha256" 64 32;
    Sha384 "sha384" 128 48;
    Sha512 "sha512" 128 64;
    Sha512_224 "sha512_224" 128 28;
    Sha512_256 "sha512_256" 128 32;
    Sha3_224 "sha3_224" 144 28;
    Sha3_256 "sha3_256" 136 32;
    Sha3_384 "sha3_384" 104 48;
    Sha3_512 "sha3_512" 72 64;
    |
    Shake128 "shake_128" 168;
    Shake256 "shake_256" 136;
}
impl Algorithm {
    /// By any of OpenSSL's spellings: `sha256`, `SHA256`, `sha-256`, `sha3-256`.
    pub fn of(name: &str) -> Option<Algorithm> {
        let plain = |s: &str| s.to_ascii_lowercase().replace(['-', '_', '/'], "");
        let wanted = plain(name);
        ALL.iter().copied().find(|a| plain(a.name()) == wanted)
    }
}
pub fn hash(a: Algorithm, data: &[u8]) -> Vec<u8> {
    let mut h = Hasher::new(a);
    h.update(data);
    h.finish(a.size())
}
