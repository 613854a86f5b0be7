//! `/v3/avatars/{group_id}/consent`, and the form of the page on which people agree.

use rostrum_model::asset::AssetInput;
use rostrum_model::consent::{
    Consent as ModelConsent, ConsentMeans, ConsentStatus, MAX_CONSENT_NAME_CHARS, MAX_CONSENT_TEXT_CHARS,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Refusal;
use crate::v3::asset_input::WireAssetInput;
use crate::v3::avatars::AvatarGroup;
use crate::v3::read_body;

/// The body of `POST /v3/avatars/{group_id}/consent`, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskConsent {
    /// What is to be agreed to.
    pub text: Option<String>,
    /// A video of somebody who agrees.
    pub video: Option<AssetInput>,
    /// Where the page leads afterwards; not checked yet.
    pub reroute_url: Option<String>,
}

#[derive(Debug, Deserialize)]
struct WireConsent {
    consent_text: Option<String>,
    consent_video: Option<WireAssetInput>,
    reroute_url: Option<String>,
}

impl AskConsent {
    /// Reads a body.
    ///
    /// # Errors
    /// Names the first field at fault.
    pub fn from_json(body: Value) -> Result<Self, Refusal> {
        let wire: WireConsent = read_body(body)?;
        Ok(Self {
            text: wire.consent_text.map(|text| checked_text(&text)).transpose()?,
            video: wire.consent_video.map(|video| video.check("consent_video")).transpose()?,
            reroute_url: wire.reroute_url.filter(|url| !url.is_empty()),
        })
    }
}

fn checked_text(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let refused = |why: String| Err(Refusal::invalid("consent_text", format!("'consent_text' {why}")));
    let chars = text.chars().count();
    if !(1..=MAX_CONSENT_TEXT_CHARS).contains(&chars) {
        return refused(format!(
            "must have 1-{MAX_CONSENT_TEXT_CHARS} characters, got {chars}; leave it out for words of ours."
        ));
    }
    if text.contains(['<', '>']) {
        return refused("must not contain '<' or '>': it is shown as plain text.".to_owned());
    }
    if let Some(found) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return refused(format!("must not contain control characters, got U+{:04X}.", u32::from(found)));
    }
    Ok(text.to_owned())
}

/// The answer of `POST /v3/avatars/{group_id}/consent`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedConsent {
    /// The person.
    pub avatar_group: AvatarGroup,
    /// The page on which the person can agree; null where a video was handed in.
    pub url: Option<String>,
}

/// A consent: row of `GET /v3/avatars/{group_id}/consent`, which is beyond the contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Id.
    pub id: String,
    /// `pending`, or `approved`: given.
    pub status: String,
    /// What is agreed to.
    pub consent_text: String,
    /// Until when somebody can agree on the page; null where there is none. Unix seconds.
    pub expires_at: Option<i64>,
    /// The asset of the video that was handed in.
    pub consent_video: Option<String>,
    /// Who agreed, as they wrote it.
    pub name: Option<String>,
    /// Where that request came from: an address of theirs or of the last proxy.
    pub address: Option<String>,
    /// Where proxies, or whoever claims to be one, say that it came from.
    pub forwarded_for: Option<String>,
    /// When somebody agreed, or the video was handed in. Unix seconds.
    pub agreed_at: Option<i64>,
    /// When it was asked for. Unix seconds.
    pub created_at: i64,
}

impl Consent {
    /// The answer for a consent.
    pub fn new(consent: &ModelConsent) -> Self {
        let created_at = consent.created_at.timestamp();
        let (page, video) = match &consent.means {
            ConsentMeans::Page(page) => (Some(page), None),
            ConsentMeans::Video(id) => (None, Some(id.to_string())),
        };
        let agreement = page.and_then(|page| page.agreement.as_ref());
        let given = agreement.is_some() || video.is_some();
        let status = if given { ConsentStatus::Approved } else { ConsentStatus::Pending };
        Self {
            id: consent.id.to_string(),
            status: status_word(status).to_owned(),
            consent_text: consent.text.clone(),
            expires_at: page.map(|page| page.expires_at.timestamp()),
            agreed_at: agreement
                .map(|agreement| agreement.agreed_at.timestamp())
                .or_else(|| video.is_some().then_some(created_at)),
            consent_video: video,
            name: agreement.map(|agreement| agreement.name.clone()),
            address: agreement.and_then(|agreement| Some(agreement.address?.to_string())),
            forwarded_for: agreement.and_then(|agreement| agreement.forwarded_for.clone()),
            created_at,
        }
    }
}

/// How it stands with a consent, as answers tell it.
pub(crate) fn status_word(status: ConsentStatus) -> &'static str {
    match status {
        ConsentStatus::Pending => "pending",
        ConsentStatus::Approved => "approved",
    }
}

/// Reads the fields of the page's form: who agrees, and that they do.
///
/// # Errors
/// When there is no name, or it was not said that its bearer agrees.
pub fn signer_name(name: Option<&str>, agree: Option<&str>) -> Result<String, Refusal> {
    let name = name.unwrap_or_default().trim();
    let chars = name.chars().count();
    if !(1..=MAX_CONSENT_NAME_CHARS).contains(&chars) || name.chars().any(char::is_control) {
        let message =
            format!("Write your name: 1-{MAX_CONSENT_NAME_CHARS} characters on one line, got {chars}.");
        return Err(Refusal::invalid("name", message));
    }
    if agree != Some("yes") {
        return Err(Refusal::invalid("agree", "Tick that you agree; if you do not, close this page."));
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_is_plain() {
        let text = |text: &str| AskConsent::from_json(json!({"consent_text": text}));
        assert_eq!(
            text(" I agree.\nReally & \"truly\". ").unwrap().text.unwrap(),
            "I agree.\nReally & \"truly\"."
        );
        assert_eq!(AskConsent::from_json(json!({"consent_text": null})).unwrap().text, None);
        for bad in ["", " ", "<b>yes", "a > b", "a\u{0}b", "a\u{1b}[2Jb", &"x".repeat(5001)] {
            let refusal = text(bad).unwrap_err();
            assert_eq!(refusal.param.as_deref(), Some("consent_text"), "{bad:?}");
        }
        let refusal = AskConsent::from_json(json!({"consent_text": 7})).unwrap_err();
        assert_eq!(refusal.param.as_deref(), Some("consent_text"));
        let refusal = AskConsent::from_json(json!({"consent_video": "a.mp4"})).unwrap_err();
        assert_eq!(refusal.param.as_deref(), Some("consent_video"));
    }

    #[test]
    fn somebody_agrees_by_name_and_expressly() {
        let form = |name, agree| signer_name(Some(name), Some(agree));
        assert_eq!(form(" Ada <King> ", "yes"), Ok("Ada <King>".to_owned()));
        for (name, agree, param) in [
            ("", "yes", "name"),
            ("a\nb", "yes", "name"),
            (&*"x".repeat(201), "yes", "name"),
            ("Ada", "", "agree"),
        ] {
            assert_eq!(form(name, agree).unwrap_err().param.as_deref(), Some(param));
        }
        assert!(signer_name(None, Some("yes")).is_err() && signer_name(Some("Ada"), None).is_err());
    }
}
