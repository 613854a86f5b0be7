//! The last part of a signed URL.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use rostrum_model::ids::SigningKeyId;
use rostrum_model::upload::{SigningKey, Upload};
use sha2::Sha256;

use crate::from_hex;

/// What the last part of a signed URL says; written `{expires}.{key}.{signature}`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Permission {
    /// In Unix seconds.
    pub(super) expires: i64,
    pub(super) key: SigningKeyId,
    signature: Vec<u8>,
}

impl Permission {
    /// Allows sending the bytes of an upload until a moment in Unix seconds.
    pub(super) fn sign(upload: &Upload, expires: i64, key: &SigningKey) -> Self {
        let signature = mac(upload, expires, key).finalize().into_bytes().to_vec();
        Self { expires, key: key.id, signature }
    }

    /// Reads a permission, in the one way it is written; whether it is good is not known yet.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (expires, rest) = text.split_once('.')?;
        let (key, signature) = rest.split_once('.')?;
        let read =
            Self { expires: expires.parse().ok()?, key: key.parse().ok()?, signature: from_hex(signature)? };
        (read.to_string() == text).then_some(read)
    }

    /// Whether it was signed with this key, and names it, for this upload as it is. Takes the same time whatever the
    /// signature.
    pub(super) fn is_signed_by(&self, upload: &Upload, key: &SigningKey) -> bool {
        self.key == key.id && mac(upload, self.expires, key).verify_slice(&self.signature).is_ok()
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.", self.expires, self.key)?;
        self.signature.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Over what is signed: one fact a line, the form's own version first.
fn mac(upload: &Upload, expires: i64, key: &SigningKey) -> Hmac<Sha256> {
    let size = upload.size_bytes.map_or_else(|| "*".to_owned(), |size| size.to_string());
    let checksum = upload.checksum.map_or_else(|| "*".to_owned(), |hash| hash.to_string());
    let (id, key_id) = (upload.id, key.id);
    let media_type = upload.media_type.mime();
    let facts = format!("rostrum-upload-1\nPUT\n{id}\n{size}\n{media_type}\n{checksum}\n{expires}\n{key_id}");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.secret).expect("HMAC takes keys of any length");
    mac.update(facts.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use rostrum_model::asset::MediaType;
    use rostrum_model::upload::UploadState;

    use super::*;

    const KEY: &str = "0191234589ab7def8123456789abcdef";

    fn upload() -> Upload {
        Upload {
            id: format!("asset_{KEY}").parse().unwrap(),
            workspace_id: format!("ws_{KEY}").parse().unwrap(),
            batch: None,
            name: "a.png".to_owned(),
            media_type: MediaType::Png,
            size_bytes: Some(12),
            checksum: None,
            folder_id: None,
            state: UploadState::Pending,
            created_at: DateTime::UNIX_EPOCH,
            expires_at: DateTime::UNIX_EPOCH,
        }
    }

    fn key(id: &str) -> SigningKey {
        SigningKey {
            id: format!("sig_{id}").parse().unwrap(),
            secret: [7; 32],
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_permission_is_read_in_the_one_way_it_is_written() {
        let written = format!("1795280000.sig_{KEY}.00ff");
        assert_eq!(Permission::read(&written).unwrap().to_string(), written);
        for other in [
            written.replace("1795280000", "+1795280000"),
            written.replace("1795280000", "01795280000"),
            written.replace(".00ff", ".00FF"),
            written.replace(".00ff", ".+0ff"),
            written.replace(".00ff", ".0ff"),
            written.replace(".00ff", ".00f\u{e9}"),
            written.replace(KEY, &KEY.to_uppercase()),
            format!("{written}."),
            String::new(),
        ] {
            assert_eq!(Permission::read(&other), None, "{other}");
        }
    }

    #[test]
    fn a_permission_that_names_another_key_is_not_signed_by_this_one() {
        let signed = Permission::sign(&upload(), 1_795_280_000, &key(KEY));
        assert!(signed.is_signed_by(&upload(), &key(KEY)));
        let other = KEY.replacen('0', "1", 1);
        let renamed = Permission::read(&signed.to_string().replace(KEY, &other)).unwrap();
        assert!(!renamed.is_signed_by(&upload(), &key(KEY)));
        assert!(!renamed.is_signed_by(&upload(), &key(&other)), "the signature covers the name of the key");
    }
}
