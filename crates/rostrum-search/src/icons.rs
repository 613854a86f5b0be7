//! Icons as published by Lucide: lists of shapes, written out as SVG.

use std::fmt::Write as _;

use serde_json::Value;

/// Width and height of every icon in pixels.
pub(crate) const ICON_SIZE: usize = 24;

/// The SVG of an icon whose shapes are `[[element, {attribute: value}], ...]`; `None` when they are anything else.
pub(crate) fn svg(shapes: &Value) -> Option<String> {
    let mut svg = format!(
        "<!-- Lucide, https://lucide.dev, ISC License -->\n<svg xmlns=\"http://www.w3.org/2000/svg\" \
         width=\"{ICON_SIZE}\" height=\"{ICON_SIZE}\" viewBox=\"0 0 {ICON_SIZE} {ICON_SIZE}\" fill=\"none\" \
         stroke=\"currentColor\" stroke-width=\"2\" stroke-linecap=\"round\" stroke-linejoin=\"round\">"
    );
    for shape in shapes.as_array()? {
        let (element, attributes) = (word(&shape[0])?, shape[1].as_object()?);
        let _ = write!(svg, "<{element}");
        for (name, value) in attributes.iter().filter(|(name, _)| *name != "key") {
            let value = value.as_str()?;
            if value.contains(['"', '<', '&']) || !is_word(name) {
                return None;
            }
            let _ = write!(svg, " {name}=\"{value}\"");
        }
        svg.push_str("/>");
    }
    svg.push_str("</svg>\n");
    Some(svg)
}

fn word(value: &Value) -> Option<&str> {
    value.as_str().filter(|word| is_word(word))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn shapes_become_elements_and_nothing_else_does() {
        let icon = svg(&json!([["path", {"d": "M0 0"}], ["circle", {"cx": "1", "key": "x"}]])).unwrap();
        assert!(icon.ends_with("<path d=\"M0 0\"/><circle cx=\"1\"/></svg>\n"), "{icon}");
        for bad in
            [json!({}), json!([["a b", {}]]), json!([["path", {"d": "\"><script"}]]), json!([["path", 1]])]
        {
            assert_eq!(svg(&bad), None, "{bad}");
        }
    }
}
