//! Which scope a route needs: its family by the path, reading or writing by the method.

use axum::http::Method;
use rostrum_model::scope::{Access, Family, Scope};

/// The families of paths, by their first word behind the version: `/v3/brand-glossaries/{id}` has `brand-glossaries`,
/// `/v1/video_status.get` has `video_status`.
const FAMILIES: &[(&str, Family)] = &[
    ("asset", Family::Assets),
    ("assets", Family::Assets),
    ("audio", Family::Voices),
    ("avatar", Family::Avatars),
    ("avatar_group", Family::Avatars),
    ("avatars", Family::Avatars),
    ("brand-glossaries", Family::BrandGlossaries),
    ("folders", Family::Assets),
    ("photo_avatar", Family::Avatars),
    ("photo_avatar_group", Family::Avatars),
    ("talking_photo", Family::Avatars),
    ("user", Family::Account),
    ("users", Family::Account),
    ("video", Family::Videos),
    // The oldest question for what is left.
    ("video_generate", Family::Account),
    ("video_status", Family::Videos),
    ("videos", Family::Videos),
    ("voice", Family::Voices),
    ("voices", Family::Voices),
    ("webhook", Family::Webhooks),
    ("webhooks", Family::Webhooks),
];

/// The scope that a route needs, by its pattern; none when its path is in no family, and then only keys that may do
/// everything get through.
pub(crate) fn needed(method: &Method, route: &str) -> Option<Scope> {
    let access = match *method {
        Method::GET | Method::HEAD => Access::Read,
        _ => Access::Write,
    };
    family(route).map(|family| Scope { family, access })
}

fn family(route: &str) -> Option<Family> {
    let (version, rest) = route.strip_prefix('/')?.split_once('/')?;
    if !matches!(version, "v1" | "v2" | "v3") {
        return None;
    }
    let word = rest.split(['/', '.']).next()?;
    FAMILIES.iter().find(|(known, _)| *known == word).map(|(_, family)| *family)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route_table;

    #[test]
    fn every_route_of_the_api_is_in_a_family() {
        let routes = route_table();
        let lost: Vec<_> = routes
            .iter()
            .filter(|route| route.path.starts_with("/v") && !route.path.starts_with("/videos/"))
            .filter(|route| family(&route.path).is_none())
            .collect();
        assert!(lost.is_empty(), "add the first word of these paths to FAMILIES: {lost:?}");
        assert!(FAMILIES.windows(2).all(|pair| pair[0].0 < pair[1].0), "the table is sorted");
    }

    #[test]
    fn looking_needs_read_and_everything_else_write() {
        let scope = |method, route| needed(&method, route).map(|scope| scope.to_string());
        for (method, route, told) in [
            (Method::GET, "/v3/videos/{video_id}", "videos:read"),
            (Method::HEAD, "/v3/assets/tus/{asset_id}", "assets:read"),
            (Method::POST, "/v3/videos/{video_id}/cancel", "videos:write"),
            (Method::DELETE, "/v1/video.delete", "videos:write"),
            (Method::GET, "/v1/video_status.get", "videos:read"),
            (Method::GET, "/v2/avatar_group.list", "avatars:read"),
            (Method::PATCH, "/v3/brand-glossaries/{brand_glossary_id}", "brand_glossaries:write"),
            (Method::POST, "/v1/audio/text_to_speech", "voices:write"),
            (Method::GET, "/v3/users/me", "account:read"),
        ] {
            assert_eq!(scope(method, route).as_deref(), Some(told), "{route}");
        }
        assert_eq!(scope(Method::GET, "/v3/unheard-of"), None);
        assert_eq!(scope(Method::GET, "/files/videos/{video_id}"), None);
    }
}
