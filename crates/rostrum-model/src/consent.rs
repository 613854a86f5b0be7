//! Consents: what people agree to before they are made avatars of.

use std::net::IpAddr;

use chrono::{DateTime, Utc};

use crate::ids::{AssetId, AvatarGroupId, ConsentId, WorkspaceId};

/// The longest text that somebody is asked to agree to, in characters.
pub const MAX_CONSENT_TEXT_CHARS: usize = 5000;

/// The longest name of somebody who agrees, in characters.
pub const MAX_CONSENT_NAME_CHARS: usize = 200;

/// A consent that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Id.
    pub id: ConsentId,
    /// Owner.
    pub workspace_id: WorkspaceId,
    /// The person whose consent it is.
    pub group_id: AvatarGroupId,
    /// What is agreed to, 1..=[`MAX_CONSENT_TEXT_CHARS`] characters.
    pub text: String,
    /// How.
    pub means: ConsentMeans,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

/// How somebody agrees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsentMeans {
    /// On a page of ours.
    Page(ConsentPage),
    /// In a video that was handed in; it cannot be deleted while the consent is there.
    Video(AssetId),
}

/// A page on which somebody can agree, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentPage {
    /// SHA-256 of the secret in its URL.
    pub token_hash: [u8; 32],
    /// Until when it can be done.
    pub expires_at: DateTime<Utc>,
    /// Where the page leads afterwards.
    pub reroute_url: Option<String>,
    /// Who did.
    pub agreement: Option<Agreement>,
}

/// That somebody agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// As they wrote it, 1..=[`MAX_CONSENT_NAME_CHARS`] characters.
    pub name: String,
    /// Where the request came from: their address or that of the last proxy.
    pub address: Option<IpAddr>,
    /// Where proxies, or whoever claims to be one, say that it came from.
    pub forwarded_for: Option<String>,
    /// When.
    pub agreed_at: DateTime<Utc>,
}

/// A consent cannot be given on a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConsentClosed {
    /// It was given already.
    #[error("the consent was given at {agreed_at}")]
    Used {
        /// When.
        agreed_at: DateTime<Utc>,
    },
    /// Its time is over.
    #[error("the page expired at {expired_at}")]
    Expired {
        /// When.
        expired_at: DateTime<Utc>,
    },
}

impl ConsentPage {
    /// Whether somebody can agree here at this moment.
    ///
    /// # Errors
    /// Why not.
    pub fn require_open(&self, now: DateTime<Utc>) -> Result<(), ConsentClosed> {
        if let Some(agreement) = &self.agreement {
            return Err(ConsentClosed::Used { agreed_at: agreement.agreed_at });
        }
        if now > self.expires_at {
            return Err(ConsentClosed::Expired { expired_at: self.expires_at });
        }
        Ok(())
    }

    /// The page after somebody agreed.
    ///
    /// # Errors
    /// When it is used or its time is over.
    pub fn agreed(self, agreement: Agreement) -> Result<Self, ConsentClosed> {
        self.require_open(agreement.agreed_at)?;
        Ok(Self { agreement: Some(agreement), ..self })
    }
}

/// How it stands with a person's consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentStatus {
    /// Asked for, and not given yet.
    Pending,
    /// Given at least once.
    Approved,
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_page_is_agreed_to_once_and_in_time() {
        let at = |seconds| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        let page =
            ConsentPage { token_hash: [7; 32], expires_at: at(10), reroute_url: None, agreement: None };
        let agreement = |seconds| Agreement {
            name: "Ada".to_owned(),
            address: None,
            forwarded_for: None,
            agreed_at: at(seconds),
        };
        let late = page.clone().agreed(agreement(11));
        assert_eq!(late, Err(ConsentClosed::Expired { expired_at: at(10) }));
        let agreed = page.agreed(agreement(10)).unwrap();
        assert_eq!(agreed.require_open(at(5)), Err(ConsentClosed::Used { agreed_at: at(10) }));
        assert_eq!(agreed.agreed(agreement(5)), Err(ConsentClosed::Used { agreed_at: at(10) }));
    }
}
