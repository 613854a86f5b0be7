//! The words of the pages.

use rostrum_app::consents::OpenConsent;
use rostrum_model::consent::MAX_CONSENT_NAME_CHARS;

use crate::pages::{escaped, page};

/// The look of the pages.
pub(super) const STYLE: &str = "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;\
    padding:0 1rem;color:#1c2430;background:#fff}img{max-width:12rem;max-height:12rem;border-radius:.5rem}\
    blockquote{margin:1rem 0;padding:.5rem 1rem;border-left:.3rem solid #3557b7;white-space:pre-wrap;\
    overflow-wrap:anywhere}input[name=name]{font:inherit;width:100%;box-sizing:border-box;padding:.4rem}\
    button{font:inherit;padding:.4rem 1.5rem}.fault{color:#a4262c;font-weight:600}small,.leads{overflow-wrap:anywhere}";

/// The page that asks, with what was wrong with the last answer.
pub(super) fn question(open: &OpenConsent, picture_url: Option<&str>, fault: Option<&str>) -> String {
    let fault = fault.map(|text| format!("<p class=\"fault\" role=\"alert\">{}</p>", escaped(text)));
    let leads = open.page.reroute_url.as_deref().map(|url| {
        format!("<p class=\"leads\">Afterwards this page leads to <strong>{}</strong></p>", escaped(url))
    });
    let picture = picture_url
        .map(|url| format!("<p><img src=\"{}\" alt=\"The photo of this avatar\"></p>", escaped(url)));
    let body = format!(
        "<h1>Do you agree?</h1>\
         {picture}\
         <p>You are asked about the avatar <strong>{name}</strong>. Agree only if it is you.</p>\
         <blockquote>{text}</blockquote>{fault}\
         <form method=\"post\">\
         <p><label>Your full name<br><input name=\"name\" required maxlength=\"{MAX_CONSENT_NAME_CHARS}\" \
         autocomplete=\"name\"></label></p>\
         <p><label><input type=\"checkbox\" name=\"agree\" value=\"yes\" required> I am this person, and I agree to the \
         text above.</label></p>\
         <p><button>Agree</button></p></form>{leads}\
         <p><small>Your name, the time and the network address you send it from are kept with your answer. This page can \
         be used once, until {until} UTC. If you do not agree, close it.</small></p>",
        picture = picture.unwrap_or_default(),
        name = escaped(&open.group.summary.group.name),
        text = escaped(&open.text),
        fault = fault.unwrap_or_default(),
        leads = leads.unwrap_or_default(),
        until = open.page.expires_at.format("%Y-%m-%d %H:%M"),
    );
    page("Do you agree?", &body)
}

/// The page after somebody agreed.
pub(super) fn thanks() -> String {
    page("Thank you", "<h1>Thank you</h1><p>That you agree is kept. You can close this page.</p>")
}
