//! Where tests find the models.

use std::path::PathBuf;

/// `ROSTRUM_MODELS_DIR`, else the place `./dev setup` puts them.
pub(crate) fn models_dir() -> PathBuf {
    let dir = std::env::var_os("ROSTRUM_MODELS_DIR").map_or_else(
        || {
            let home = std::env::var_os("HOME").expect("HOME is set");
            PathBuf::from(home).join(".local/share/rostrum/models")
        },
        PathBuf::from,
    );
    assert!(dir.join("speech").is_dir(), "models missing: run ./dev setup");
    dir
}
