//! The derived Kokoro file is reproducible.

mod support;

use sha2::{Digest, Sha256};

use rostrum_speech::recipe::{KOKORO_PATCHED_SHA256, KOKORO_SOURCE_SHA256, patch_kokoro};

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
        text
    })
}

#[test]
fn the_patched_model_has_the_pinned_hash() {
    let export = std::fs::read(support::models_dir().join("speech/kokoro-v1.0-int8.onnx"))
        .expect("models missing: run ./dev setup");
    assert_eq!(hex(&export), KOKORO_SOURCE_SHA256);
    let patched = patch_kokoro(&export).unwrap();
    assert_eq!(hex(&patched), KOKORO_PATCHED_SHA256);
}
