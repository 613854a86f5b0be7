//! One type per kind of id. All are time-ordered UUIDs (version 7) printed as 32 hex digits, with the prefix the
//! kind has on the wire.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::clock::{Chance, Clock};

/// The text given is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {kind} id")]
pub struct InvalidId {
    /// The noun, e.g. `video`.
    pub kind: &'static str,
}

/// Makes a time-ordered UUID (RFC 9562, version 7) from the passed clock and chance.
fn new_uuid(clock: &dyn Clock, chance: &dyn Chance) -> Uuid {
    let millis = u64::try_from(clock.now().timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &chance.bytes()).into_uuid()
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id, later than all ids made before it on the same clock.
            pub fn generate(clock: &dyn Clock, chance: &dyn Chance) -> Self {
                Self(new_uuid(clock, chance))
            }

            /// The id kept in a store column.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The value for a store column.
            pub fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $prefix, self.0.simple())
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let invalid = InvalidId { kind: $kind };
                let hex = text.strip_prefix($prefix).ok_or(invalid.clone())?;
                if hex.len() != 32 {
                    return Err(invalid);
                }
                Uuid::try_parse(hex).map(Self).map_err(|_| invalid)
            }
        }
    };
}

id_type!(
    /// A tenant: every record belongs to one.
    WorkspaceId, "workspace", "ws_"
);
id_type!(
    /// An API key's record; the key itself is never stored.
    ApiKeyId, "API key", "key_"
);
id_type!(
    /// An uploaded file.
    AssetId, "asset", "asset_"
);
id_type!(
    /// A line of a workspace's ledger.
    CreditEntryId, "ledger entry", "entry_"
);
id_type!(
    /// Files announced, or videos asked for, together.
    BatchId, "batch", "batch_"
);
id_type!(
    /// A folder.
    FolderId, "folder", "folder_"
);
id_type!(
    /// A secret that signs URLs.
    SigningKeyId, "signing key", "sig_"
);
id_type!(
    /// A video, from request to finished file.
    VideoId, "video", ""
);
id_type!(
    /// A text that was spoken into a file of its own.
    SpeechId, "speech", "speech_"
);
id_type!(
    /// A voice of a workspace's own.
    VoiceId, "voice", ""
);
id_type!(
    /// A person who can speak in videos.
    AvatarGroupId, "avatar group", ""
);
id_type!(
    /// A picture of such a person.
    LookId, "look", ""
);
id_type!(
    /// Pictures of people made from a description.
    PhotoGenerationId, "photo generation", ""
);
id_type!(
    /// Somebody's consent to being made an avatar of.
    ConsentId, "consent", "consent_"
);
id_type!(
    /// A brand glossary.
    GlossaryId, "brand glossary", ""
);
id_type!(
    /// Something that happened.
    EventId, "event", "evt_"
);
id_type!(
    /// The sending of an event to somebody.
    DeliveryId, "delivery", "dlv_"
);
id_type!(
    /// An address to which events are posted.
    WebhookEndpointId, "webhook endpoint", "we_"
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    struct Zeros;
    impl Chance for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    #[test]
    fn an_id_survives_printing_and_parsing() {
        let clock = ManualClock::new(chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap());
        let id = AssetId::generate(&clock, &Zeros);
        assert!(id.to_string().starts_with("asset_"));
        assert_eq!(id.to_string().parse::<AssetId>(), Ok(id));
        assert!(id.to_string().parse::<VideoId>().is_err());
    }

    #[test]
    fn a_later_id_sorts_after_an_earlier_one() {
        let clock = ManualClock::new(chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap());
        let first = VideoId::generate(&clock, &Zeros);
        clock.advance(chrono::TimeDelta::milliseconds(1));
        assert!(VideoId::generate(&clock, &Zeros).to_string() > first.to_string());
    }

    #[test]
    fn hyphenated_or_short_text_is_no_id() {
        for text in ["", "asset_", "asset_1234", "asset_018bcfe5-6800-7000-8000-000000000000"] {
            assert!(text.parse::<AssetId>().is_err(), "{text}");
        }
    }
}
