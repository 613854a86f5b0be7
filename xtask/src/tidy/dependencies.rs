//! Who may depend on whom, and who may name which library.
//!
//! The edges between our crates are those of `docs/ARCHITECTURE.md`. Adding one here is a change of the architecture.

use toml::Table;

use super::Finding;

/// What each of our crates may depend on among our crates. The binary may depend on all.
const EDGES: [(&str, &[&str]); 17] = [
    ("rostrum-model", &[]),
    ("rostrum-api", &["rostrum-model"]),
    ("rostrum-blob", &["rostrum-model"]),
    ("rostrum-jobs", &["rostrum-model"]),
    ("rostrum-store", &["rostrum-model"]),
    ("rostrum-speech", &["rostrum-model"]),
    ("rostrum-recognition", &["rostrum-model"]),
    ("rostrum-face", &["rostrum-model"]),
    ("rostrum-media", &["rostrum-model"]),
    ("rostrum-search", &["rostrum-model"]),
    ("rostrum-text", &["rostrum-model"]),
    ("rostrum-avatar", &["rostrum-model", "rostrum-face"]),
    (
        "rostrum-app",
        &[
            "rostrum-model",
            "rostrum-store",
            "rostrum-blob",
            "rostrum-jobs",
            "rostrum-speech",
            "rostrum-recognition",
            "rostrum-face",
            "rostrum-avatar",
            "rostrum-media",
            "rostrum-search",
            "rostrum-text",
        ],
    ),
    ("rostrum-http", &["rostrum-model", "rostrum-api", "rostrum-app"]),
    ("rostrum-moto", &[]),
    ("rostrum-postgres", &[]),
    ("rostrum-fuzz", &["rostrum-model", "rostrum-api", "rostrum-media"]),
];

/// The engines: they know no database, no HTTP and no clock, in their tests neither.
const ENGINES: [&str; 7] = [
    "rostrum-speech",
    "rostrum-recognition",
    "rostrum-face",
    "rostrum-avatar",
    "rostrum-media",
    "rostrum-search",
    "rostrum-text",
];

/// Libraries that only the crates named may depend on.
const RESERVED: [(&str, &[&str]); 12] = [
    ("axum", &["rostrum", "rostrum-http", "rostrum-fuzz"]),
    ("tower-http", &["rostrum", "rostrum-http"]),
    ("sea-orm", &["rostrum-store"]),
    ("sea-orm-migration", &["rostrum-store"]),
    ("sqlx", &["rostrum-jobs"]),
    ("object_store", &["rostrum-blob"]),
    ("duroxide", &["rostrum-jobs"]),
    ("duroxide-pg", &["rostrum-jobs"]),
    ("reqwest", &["rostrum-app", "rostrum-api", "rostrum-blob"]),
    ("clap", &["rostrum"]),
    ("opentelemetry", &["rostrum"]),
    ("opentelemetry-otlp", &["rostrum"]),
];

/// Complains about each dependency that the crate in `folder` may not have.
pub(super) fn check(folder: &str, manifest: &Table) -> Vec<Finding> {
    let name = manifest.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str);
    let Some(name) = name else { return Vec::new() };

    let mut messages = Vec::new();
    for dependency in names_in(manifest, &["dependencies", "build-dependencies"]) {
        messages.extend(complaint_about_crate(name, dependency));
        messages.extend(complaint_about_library(name, dependency));
    }
    for dependency in names_in(manifest, &["dev-dependencies"]) {
        let foreign_to_engines =
            is_ours(dependency) && dependency != "rostrum-model" && !ENGINES.contains(&dependency);
        if ENGINES.contains(&name) && foreign_to_engines {
            messages.push(format!("tests of the engine {name} may use other engines only, not {dependency}"));
        }
        // Tests go through the crate that owns a library, except for speaking HTTP.
        if !["axum", "tower-http", "reqwest"].contains(&dependency) {
            messages.extend(complaint_about_library(name, dependency));
        }
    }

    let path = format!("{folder}/Cargo.toml");
    messages.into_iter().map(|message| Finding { path: path.clone(), line: None, message }).collect()
}

fn is_ours(dependency: &str) -> bool {
    dependency == "rostrum" || dependency.starts_with("rostrum-")
}

fn complaint_about_crate(name: &str, dependency: &str) -> Option<String> {
    if !is_ours(dependency) || name == "rostrum" {
        return None;
    }
    match EDGES.into_iter().find(|(from, _)| *from == name) {
        None => Some(format!("{name} has no place in the architecture yet; add it to {}", file!())),
        Some((_, allowed)) if allowed.contains(&dependency) => None,
        Some(_) => Some(format!("{name} may not depend on {dependency} (docs/ARCHITECTURE.md)")),
    }
}

fn complaint_about_library(name: &str, dependency: &str) -> Option<String> {
    let (_, owners) = RESERVED.into_iter().find(|(library, _)| *library == dependency)?;
    if owners.contains(&name) {
        return None;
    }
    Some(format!("{name} may not name {dependency}; reserved for: {}", owners.join(", ")))
}

/// The packages in the sections named, those of `[target.*]` included. A renamed dependency is listed by the package's name.
fn names_in<'a>(manifest: &'a Table, sections: &'a [&str]) -> Vec<&'a str> {
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let for_targets =
        targets.into_iter().flat_map(|targets| targets.values().filter_map(toml::Value::as_table));
    std::iter::once(manifest)
        .chain(for_targets)
        .flat_map(|table| sections.iter().filter_map(|section| table.get(*section)?.as_table()))
        .flatten()
        .map(|(key, value)| value.get("package").and_then(toml::Value::as_str).unwrap_or(key))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(manifest: &str) -> Vec<String> {
        let manifest = toml::from_str(manifest).unwrap();
        check("crates/x", &manifest).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn an_engine_may_not_depend_on_the_store() {
        let manifest = "package.name = 'rostrum-speech'\n[dependencies]\nrostrum-store.workspace = true\n";
        assert_eq!(
            messages(manifest),
            ["rostrum-speech may not depend on rostrum-store (docs/ARCHITECTURE.md)"]
        );
    }

    #[test]
    fn the_allowed_edges_pass() {
        let manifest =
            "package.name = 'rostrum-http'\n[dependencies]\naxum = '1'\nrostrum-app.workspace = true\n";
        assert_eq!(messages(manifest), Vec::<String>::new());
    }

    #[test]
    fn the_binary_may_depend_on_every_crate_of_ours() {
        let manifest = "package.name = 'rostrum'\n[dependencies]\nrostrum-store = {}\nrostrum-http = {}\n";
        assert_eq!(messages(manifest), Vec::<String>::new());
    }

    #[test]
    fn a_reserved_library_is_refused_even_when_renamed_or_for_one_target() {
        let renamed =
            "package.name = 'rostrum-app'\n[dependencies]\ndb = { package = 'sea-orm', version = '2' }\n";
        assert_eq!(messages(renamed), ["rostrum-app may not name sea-orm; reserved for: rostrum-store"]);
        let target = "package.name = 'rostrum-app'\n[target.'cfg(unix)'.dependencies]\nduroxide = '1'\n";
        assert_eq!(messages(target), ["rostrum-app may not name duroxide; reserved for: rostrum-jobs"]);
    }

    #[test]
    fn tests_may_wire_up_other_crates_but_an_engine_only_other_engines() {
        let http = "package.name = 'rostrum-http'\n[dev-dependencies]\nrostrum-store = {}\n";
        assert_eq!(messages(http), Vec::<String>::new());
        let avatar = "package.name = 'rostrum-avatar'\n[dev-dependencies]\nrostrum-speech = {}\n";
        assert_eq!(messages(avatar), Vec::<String>::new());
        let wrong = "package.name = 'rostrum-avatar'\n[dev-dependencies]\nrostrum-app = {}\n";
        assert_eq!(messages(wrong).len(), 1);
    }

    #[test]
    fn a_new_crate_must_be_given_its_place() {
        let manifest = "package.name = 'rostrum-agent'\n[dependencies]\nrostrum-model = {}\n";
        assert!(messages(manifest)[0].starts_with("rostrum-agent has no place"));
    }
}
