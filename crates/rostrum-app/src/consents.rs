//! Consents: asking people whether they agree to being made avatars of, and keeping what they answered.

use std::net::IpAddr;

use chrono::TimeDelta;
use rostrum_model::asset::{AssetInput, AssetKind};
use rostrum_model::consent::{Agreement, Consent, ConsentClosed, ConsentMeans, ConsentPage};
use rostrum_model::ids::{AvatarGroupId, ConsentId, WorkspaceId};
use rostrum_store::StoreError;
use sha2::{Digest, Sha256};
use url::Url;

use crate::App;
use crate::asset_inputs::InputError;
use crate::assets::DeleteAssetError;
use crate::avatars::ShownGroup;
use crate::hex;

/// How long somebody can agree on a page after it was asked for.
pub const CONSENT_LIFETIME: TimeDelta = TimeDelta::days(7);

/// The longest URL that a page leads to afterwards, in bytes.
pub const MAX_REROUTE_URL_BYTES: usize = 2048;

/// The most consents of a group that a list holds, the newest ones.
pub const MAX_LISTED_CONSENTS: u64 = 100;

/// The most of what proxies say of a caller's address that is kept, in characters.
const MAX_FORWARDED_CHARS: usize = 200;

/// A consent that is to be asked for, or handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConsent {
    /// The person whose consent it is.
    pub group_id: AvatarGroupId,
    /// What is to be agreed to; our own words when absent.
    pub text: Option<String>,
    /// A video in which the person agrees; a page is made when absent.
    pub video: Option<AssetInput>,
    /// Where the page leads afterwards.
    pub reroute_url: Option<String>,
}

/// A URL that no page leads to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RerouteFault {
    /// Longer than [`MAX_REROUTE_URL_BYTES`].
    #[error("it has {0} bytes, at most {MAX_REROUTE_URL_BYTES} are taken")]
    TooLong(usize),
    /// Not a URL.
    #[error("it is no URL")]
    Malformed,
    /// A scheme that is not safe to be sent to.
    #[error("its scheme is '{0}', and only https is taken")]
    Scheme(String),
    /// It may show another host than it leads to.
    #[error("it carries a user name or password")]
    Credentials,
}

/// A consent cannot be asked for; nothing was kept.
#[derive(Debug, thiserror::Error)]
pub enum NewConsentError {
    /// The workspace has no such group.
    #[error("there is no avatar group {0}")]
    GroupNotFound(AvatarGroupId),
    /// The page cannot lead there.
    #[error("the page cannot lead there: {0}")]
    Reroute(RerouteFault),
    /// The video cannot be used.
    #[error("the video cannot be used")]
    Video(#[source] InputError),
    /// What was made for the refused request cannot be removed.
    #[error("the video of a refused request could not be removed")]
    Discard(#[from] DeleteAssetError),
    /// The records do not answer.
    #[error("the consent could not be recorded")]
    Store(#[from] StoreError),
}

/// A page for a consent cannot be shown or agreed to.
#[derive(Debug, thiserror::Error)]
pub enum ConsentPageError {
    /// No page has this token.
    #[error("there is no such page")]
    NotFound,
    /// It is used or its time is over.
    #[error(transparent)]
    Closed(#[from] ConsentClosed),
    /// The records do not answer.
    #[error("the consent could not be looked up")]
    Store(#[from] StoreError),
}

/// A consent that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedConsent {
    /// The person.
    pub group: ShownGroup,
    /// The secret in the page's URL; `None` where a video was handed in.
    pub token: Option<String>,
}

/// A page on which somebody can agree.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenConsent {
    /// The person.
    pub group: ShownGroup,
    /// The consent's id.
    pub id: ConsentId,
    /// What is to be agreed to.
    pub text: String,
    /// The page.
    pub page: ConsentPage,
}

/// Who agrees, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// As they wrote it.
    pub name: String,
    /// Where the request came from.
    pub address: Option<IpAddr>,
    /// Where proxies say that it came from.
    pub forwarded_for: Option<String>,
}

impl App {
    /// Asks for a consent by a page, or keeps a video of one.
    ///
    /// # Errors
    /// When the group is not there, or the video or the URL cannot be used; then nothing is kept.
    pub async fn ask_consent(
        &self,
        workspace_id: WorkspaceId,
        new: NewConsent,
    ) -> Result<AskedConsent, NewConsentError> {
        let backends = &self.backends;
        let gone = || NewConsentError::GroupNotFound(new.group_id);
        let group = self.avatar_group(workspace_id, new.group_id).await?.ok_or_else(gone)?;
        let reroute_url = new.reroute_url.as_deref().map(reroute_url).transpose();
        let reroute_url = reroute_url.map_err(NewConsentError::Reroute)?;
        let now = backends.clock.now();
        let (means, token, video) = if let Some(input) = new.video {
            let video = self.resolve_input(workspace_id, input, AssetKind::Video).await;
            let video = video.map_err(NewConsentError::Video)?;
            (ConsentMeans::Video(video.asset.id), None, Some(video))
        } else {
            let token = self.consent_token();
            let page = ConsentPage {
                token_hash: token_hash(&token),
                expires_at: now + CONSENT_LIFETIME,
                reroute_url,
                agreement: None,
            };
            (ConsentMeans::Page(page), Some(token), None)
        };
        let consent = Consent {
            id: self.mint("consent", ConsentId::generate),
            workspace_id,
            group_id: new.group_id,
            text: new.text.unwrap_or_else(|| own_words(&group.summary.group.name)),
            means,
            created_at: now,
        };
        if let Err(error) = backends.store.consents().add(&consent).await
            && !self.has_asked(&consent).await?
        {
            if let Some(video) = &video {
                self.discard_new(video).await?;
            }
            // It was there a moment ago.
            return Err(if matches!(error, StoreError::Conflict(_)) { gone() } else { error.into() });
        }
        let group = self.avatar_group(workspace_id, new.group_id).await?.ok_or_else(gone)?;
        Ok(AskedConsent { group, token })
    }

    /// The newest consents of a group, at most [`MAX_LISTED_CONSENTS`]; `None` when the workspace has no such group.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn consents(
        &self,
        workspace_id: WorkspaceId,
        group_id: AvatarGroupId,
    ) -> Result<Option<Vec<Consent>>, StoreError> {
        let store = &self.backends.store;
        if store.avatars().group(workspace_id, group_id).await?.is_none() {
            return Ok(None);
        }
        Ok(Some(store.consents().of_group(workspace_id, group_id, MAX_LISTED_CONSENTS).await?))
    }

    /// What a page shows whose URL has this token. The token is the whole permission.
    ///
    /// # Errors
    /// When there is none, or nobody can agree there any more.
    pub async fn open_consent(&self, token: &str) -> Result<OpenConsent, ConsentPageError> {
        let found = self.backends.store.consents().by_token_hash(&token_hash(token)).await?;
        let Some(Consent { id, workspace_id, group_id, text, means: ConsentMeans::Page(page), .. }) = found
        else {
            return Err(ConsentPageError::NotFound);
        };
        page.require_open(self.backends.clock.now())?;
        let group = self.avatar_group(workspace_id, group_id).await?.ok_or(ConsentPageError::NotFound)?;
        Ok(OpenConsent { group, id, text, page })
    }

    /// Agrees on the page whose URL has this token; gives where it leads afterwards. When this returns, it is on disk.
    ///
    /// # Errors
    /// When there is no such page, or nobody can agree there any more.
    pub async fn agree(&self, token: &str, signer: Signer) -> Result<Option<String>, ConsentPageError> {
        let open = self.open_consent(token).await?;
        let forwarded = signer.forwarded_for.map(|text| text.chars().take(MAX_FORWARDED_CHARS).collect());
        let agreement = Agreement {
            name: signer.name,
            address: signer.address,
            forwarded_for: forwarded,
            agreed_at: self.backends.clock.now(),
        };
        let page = open.page.agreed(agreement.clone())?;
        if !self.backends.store.consents().agree(open.id, &agreement).await? {
            // Somebody was quicker, or the group is gone.
            self.open_consent(token).await?;
            return Err(ConsentPageError::NotFound);
        }
        Ok(page.reroute_url)
    }

    /// A secret for the URL of a page: 256 random bits in hex.
    /// Whether a request with a key asked for this consent before a crash.
    async fn has_asked(&self, consent: &Consent) -> Result<bool, StoreError> {
        let asked = self
            .consents(consent.workspace_id, consent.group_id)
            .await?
            .is_some_and(|consents| consents.iter().any(|other| other.id == consent.id));
        Ok(self.may_have_made() && asked)
    }

    fn consent_token(&self) -> String {
        hex(&self.mint_secret::<32>("token"))
    }
}

/// Only the hash is stored, and looked up, so that neither the records nor the time taken tell tokens.
fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// What somebody agrees to who is asked in no other words.
fn own_words(name: &str) -> String {
    format!(
        "I agree that a digital avatar named \"{name}\" is made of my likeness, and that videos are made in which it \
         speaks."
    )
}

/// A URL that a page may lead to, as it is shown and followed: letters of other scripts in its host become ASCII, so that
/// they cannot look like those of another.
fn reroute_url(text: &str) -> Result<String, RerouteFault> {
    if text.len() > MAX_REROUTE_URL_BYTES {
        return Err(RerouteFault::TooLong(text.len()));
    }
    let url = Url::parse(text).map_err(|_| RerouteFault::Malformed)?;
    if url.scheme() != "https" {
        return Err(RerouteFault::Scheme(url.scheme().to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(RerouteFault::Credentials);
    }
    let url = String::from(url);
    if url.len() > MAX_REROUTE_URL_BYTES {
        return Err(RerouteFault::TooLong(url.len()));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_lead_to_https_only_and_show_where() {
        for (given, taken) in [
            ("https://example.com", "https://example.com/"),
            ("HTTPS://Example.com:8443/a b?c=\"d\"#e", "https://example.com:8443/a%20b?c=%22d%22#e"),
            ("https://еxample.com/", "https://xn--xample-2of.com/"),
            ("https://example.com/\r\nSet-Cookie:x", "https://example.com/Set-Cookie:x"),
        ] {
            assert_eq!(reroute_url(given).as_deref(), Ok(taken), "{given}");
        }
        for (given, fault) in [
            ("/done", RerouteFault::Malformed),
            ("https://", RerouteFault::Malformed),
            ("http://example.com/", RerouteFault::Scheme("http".to_owned())),
            ("javascript:alert(1)", RerouteFault::Scheme("javascript".to_owned())),
            ("data:text/html,x", RerouteFault::Scheme("data".to_owned())),
            ("https://bank.example@evil.example/", RerouteFault::Credentials),
        ] {
            assert_eq!(reroute_url(given), Err(fault), "{given}");
        }
        let long = format!("https://example.com/{}", "ä".repeat(400));
        assert_eq!(reroute_url(&long), Err(RerouteFault::TooLong(20 + 400 * 6)));
        let long = format!("https://example.com/{}", "a".repeat(2029));
        assert_eq!(reroute_url(&long), Err(RerouteFault::TooLong(2049)));
    }
}
