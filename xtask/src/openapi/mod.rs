//! `openapi`: the facts of `compat/contract` as one OpenAPI document, `compat/openapi.json`, which the server serves.
//!
//! The facts are the source and the tests hold the server to them, so the document is theirs in another form. `tidy` fails
//! when the two differ.

mod operations;
mod schemas;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::{Map, Value, json};

use operations::{Facts, error_responses, operation};

/// Where the document lies, from the root of the repository.
pub(crate) const DOCUMENT: &str = "compat/openapi.json";

/// The files of facts, by the generation they are of. What Rostrum adds to HeyGen's third generation comes last.
const FACTS: [&str; 4] = ["v1.json", "v2.json", "v3.json", "ours.json"];

/// Writes the document of the repository at `root`.
pub(crate) fn run(root: &Path) -> anyhow::Result<ExitCode> {
    let read =
        |path: &str| std::fs::read_to_string(root.join(path)).with_context(|| format!("reading {path}"));
    let text = document(&read)?;
    std::fs::write(root.join(DOCUMENT), &text).with_context(|| format!("writing {DOCUMENT}"))?;
    println!("openapi: {DOCUMENT}, {} KiB", text.len() / 1024);
    Ok(ExitCode::SUCCESS)
}

/// The document; `read` gives the text of a file by its path from the root of the repository.
pub(crate) fn document(read: &dyn Fn(&str) -> anyhow::Result<String>) -> anyhow::Result<String> {
    let manifest: toml::Table = toml::from_str(&read("Cargo.toml")?)?;
    let version =
        manifest["workspace"]["package"]["version"].as_str().context("the workspace has a version")?;
    let facts = Facts::read(read, &FACTS)?;
    let mut paths = Map::new();
    let mut tags = Vec::new();
    for known in facts.operations() {
        let (path, method, told) = operation(&facts, known)?;
        tags.push(told["tags"][0].clone());
        let at = paths.entry(path).or_insert_with(|| json!({}));
        at[method] = told;
    }
    tags.sort_by_key(ToString::to_string);
    tags.dedup();
    let mut components = schemas::components();
    components["responses"] = error_responses();
    let document = json!({
        "openapi": "3.0.3",
        "info": {
            "title": "Rostrum",
            "version": version,
            "description": "Avatar videos on machines of your own, by HeyGen's API. Operations with x-not-built answer 501.",
        },
        "servers": [{"url": "/"}],
        "security": [{"apiKey": []}, {"bearer": []}],
        "tags": tags.into_iter().map(|name| json!({"name": name})).collect::<Vec<_>>(),
        "paths": paths,
        "components": components,
    });
    Ok(format!("{}\n", pretty(&sorted(document))?))
}

/// The same with the fields of all objects in the order of their names, whatever the map behind them does.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        Value::Object(fields) => {
            let mut fields: Vec<(String, Value)> = fields.into_iter().collect();
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
            fields.into_iter().map(|(name, value)| (name, sorted(value))).collect::<Map<_, _>>().into()
        }
        other => other,
    }
}

/// Indented by one space, as the facts are.
fn pretty(value: &Value) -> anyhow::Result<String> {
    let mut text = Vec::new();
    let form = serde_json::ser::PrettyFormatter::with_indent(b" ");
    serde::Serialize::serialize(value, &mut serde_json::Serializer::with_formatter(&mut text, form))?;
    Ok(String::from_utf8(text)?)
}
