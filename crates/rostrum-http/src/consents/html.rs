//! The words of the pages. Every text that comes from somewhere else goes through [`escaped`].

use rostrum_app::consents::OpenConsent;
use rostrum_model::consent::MAX_CONSENT_NAME_CHARS;

/// The look of the pages.
pub(super) const STYLE: &str = "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;\
    padding:0 1rem;color:#1c2430;background:#fff}img{max-width:12rem;max-height:12rem;border-radius:.5rem}\
    blockquote{margin:1rem 0;padding:.5rem 1rem;border-left:.3rem solid #3557b7;white-space:pre-wrap;\
    overflow-wrap:anywhere}input[name=name]{font:inherit;width:100%;box-sizing:border-box;padding:.4rem}\
    button{font:inherit;padding:.4rem 1.5rem}.fault{color:#a4262c;font-weight:600}small,.leads{overflow-wrap:anywhere}";

/// The page that asks, with what was wrong with the last answer.
pub(super) fn question(open: &OpenConsent, photo_url: &str, fault: Option<&str>) -> String {
    let fault = fault.map(|text| format!("<p class=\"fault\" role=\"alert\">{}</p>", escaped(text)));
    let leads = open.page.reroute_url.as_deref().map(|url| {
        format!("<p class=\"leads\">Afterwards this page leads to <strong>{}</strong></p>", escaped(url))
    });
    let body = format!(
        "<h1>Do you agree?</h1>\
         <p><img src=\"{photo}\" alt=\"The photo of this avatar\"></p>\
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
        photo = escaped(photo_url),
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

/// The page of an error.
pub(super) fn refusal(code: &str, message: &str) -> String {
    let body = format!(
        "<h1>This does not work</h1><p>{}</p><p><small>{}</small></p>",
        escaped(message),
        escaped(code)
    );
    page("This does not work", &body)
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <link rel=\"stylesheet\" href=\"style.css\"></head>\n<body>{body}</body></html>\n"
    )
}

/// Text, for inside of elements and of attributes in quotes.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup() {
        let hostile = "<script>alert('1')</script>\" onload=\"x & y";
        let page = refusal("gone", hostile);
        assert!(!page.contains("<script") && !page.contains("\" onload"), "{page}");
        assert!(
            page.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot; onload=&quot;x &amp; y")
        );
    }
}
