//! The last part of a signed upload URL: only what was signed is believed, in the one way it was written.
#![no_main]

#[path = "../../crates/rostrum-app/src/uploads/signing/permission.rs"]
mod permission;

use chrono::DateTime;
use libfuzzer_sys::fuzz_target;
use permission::Permission;
use rostrum_model::asset::MediaType;
use rostrum_model::upload::{SigningKey, Upload, UploadState};

const EXPIRES: i64 = 1_795_280_000;

fuzz_target!(|input: &[u8]| {
    let upload = upload();
    let key = SigningKey {
        id: "sig_0191234589ab7def8123456789abcdef".parse().unwrap(),
        secret: [7; 32],
        created_at: DateTime::UNIX_EPOCH,
    };
    let signed = Permission::sign(&upload, EXPIRES, &key).to_string();
    assert!(Permission::read(&signed).is_some_and(|read| read.is_signed_by(&upload, &key)));
    let tried = match *input {
        // A good one with one byte changed.
        [at, byte] => {
            let mut bytes = signed.clone().into_bytes();
            let at = usize::from(at) % bytes.len();
            bytes[at] = byte;
            String::from_utf8_lossy(&bytes).into_owned()
        }
        _ => String::from_utf8_lossy(input).into_owned(),
    };
    if let Some(read) = Permission::read(&tried) {
        assert_eq!(read.to_string(), tried);
        assert_eq!(read.is_signed_by(&upload, &key), tried == signed);
    }
});

fn upload() -> Upload {
    Upload {
        id: "asset_0191234589ab7def8123456789abcde0".parse().unwrap(),
        workspace_id: "ws_0191234589ab7def8123456789abcde1".parse().unwrap(),
        batch: None,
        name: "a.png".to_owned(),
        media_type: MediaType::Png,
        size_bytes: Some(12),
        checksum: None,
        state: UploadState::Pending,
        created_at: DateTime::UNIX_EPOCH,
        expires_at: DateTime::UNIX_EPOCH,
    }
}
