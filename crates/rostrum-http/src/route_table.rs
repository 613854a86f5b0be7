//! What routes there are, for tests that must miss none.

use crate::router::routes;

/// A route.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// Its pattern, e.g. `/v3/videos/{video_id}`.
    pub path: String,
    /// The methods it takes, as in `Allow`: `HEAD` stands behind every `GET`.
    pub methods: Vec<String>,
}

/// All routes, sorted.
///
/// # Panics
/// When the framework does not tell its routes in the way known here: its router has no other way to ask.
pub fn route_table() -> Vec<Route> {
    let told = format!("{:?}", routes(|part| part));
    let (router, _) = told.split_once(", fallback_router: ").expect("the fallbacks follow the routes");
    let (endpoints, paths) = router.rsplit_once(", node: ").expect("the paths follow the endpoints");
    let mut table: Vec<Route> = endpoints
        .split("RouteId(")
        .skip(1)
        .map(|told| Route {
            path: between(paths, &format!("RouteId({}): \"", between(told, "", ")")), "\"").to_owned(),
            methods: between(told, "allow_header: Bytes(b\"", "\")").split(',').map(str::to_owned).collect(),
        })
        .collect();
    assert_eq!(table.len(), paths.matches("RouteId(").count(), "every path has an endpoint");
    table.sort();
    table
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start} in {text}"));
    rest.split_once(end).map_or(rest, |(found, _)| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_told_with_their_methods() {
        let table = route_table();
        let methods = |path: &str| {
            let route = table.iter().find(|route| route.path == path);
            route.map(|route| route.methods.join(","))
        };
        assert_eq!(methods("/v3/videos/{video_id}").as_deref(), Some("GET,HEAD,DELETE"));
        assert_eq!(methods("/v1/asset").as_deref(), Some("POST"));
        assert_eq!(methods("/health").as_deref(), Some("GET,HEAD"));
        assert!(table.len() > 100, "{}", table.len());
    }
}
