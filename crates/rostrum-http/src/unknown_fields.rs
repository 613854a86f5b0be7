//! Fields of bodies that no operation knows: told in a header, or refused by a server that is set to be strict.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, OnceLock};

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use rostrum_api::error::ErrorCode;
use serde_json::Value;

use crate::api_error::ApiError;
use crate::reference::DOCUMENT;

/// Names the fields of a body that were left unread, e.g. `scenes[0].colour, titel`.
const IGNORED_FIELDS: HeaderName = HeaderName::from_static("rostrum-ignored-fields");

/// So many are named at most, each with so many bytes.
const TOLD_FIELDS: usize = 20;
const TOLD_BYTES: usize = 100;

/// The header's value, which the reader of the body leaves for the answer.
#[derive(Clone, Default)]
struct Ignored(Arc<OnceLock<HeaderValue>>);

/// Tells in the answer which fields were ignored.
pub(crate) async fn tell(mut request: Request, next: Next) -> Response {
    let ignored = Ignored::default();
    request.extensions_mut().insert(ignored.clone());
    let mut response = next.run(request).await;
    if let Some(names) = ignored.0.get() {
        response.headers_mut().insert(IGNORED_FIELDS, names.clone());
    }
    response
}

/// The fields of the body of the operation that a request asks for.
pub(crate) struct KnownFields {
    /// E.g. `POST /v3/videos`.
    operation: String,
    fields: &'static Fields,
    ignored: Ignored,
}

impl KnownFields {
    /// Those of a request, where the answer can tell of others.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        let ignored = request.extensions().get::<Ignored>()?.clone();
        let route = request.extensions().get::<MatchedPath>()?;
        let operation = format!("{} {}", request.method(), route.as_str());
        let fields = BODIES.get(&operation)?;
        Some(Self { operation, fields, ignored })
    }

    /// Looks for others in a body.
    ///
    /// # Errors
    /// When there is one, and the server is strict.
    pub(crate) fn check(&self, body: &Value, is_strict: bool) -> Result<(), ApiError> {
        let mut unknown = Vec::new();
        self.fields.find_unknown(body, "", &mut unknown);
        let Some(first) = unknown.first() else { return Ok(()) };
        if is_strict {
            let message = format!(
                "'{first}' is not a field that {} knows. Leave it out, or set 'strict' to false on the server; GET /docs \
                 shows the fields there are.",
                self.operation
            );
            return Err(ApiError::new(ErrorCode::InvalidParameter, message, Some(first)));
        }
        // Whatever the caller sent is told in letters that a header may have.
        let names: Vec<String> =
            unknown.iter().take(TOLD_FIELDS).map(|name| name.escape_default().collect()).collect();
        if let Ok(value) = HeaderValue::from_str(&names.join(", ")) {
            // There is one body.
            let _ = self.ignored.0.set(value);
        }
        Ok(())
    }
}

/// The bodies of all operations of v3, e.g. of `POST /v3/videos`, by the document of the API.
static BODIES: LazyLock<HashMap<String, Fields>> = LazyLock::new(|| {
    let document: Value = serde_json::from_str(DOCUMENT).expect("a test reads the document");
    let mut bodies = HashMap::new();
    let paths = document["paths"].as_object().into_iter().flatten();
    for (path, operations) in paths.filter(|(path, _)| path.starts_with("/v3/")) {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            if !schema.is_null() {
                bodies.insert(format!("{} {path}", method.to_uppercase()), Fields::of(schema));
            }
        }
    }
    bodies
});

/// What a value may have in it. Nothing is known of the inside of a value without fields and items.
#[derive(Debug, Default)]
struct Fields {
    by_name: HashMap<String, Fields>,
    items: Option<Box<Fields>>,
}

impl Fields {
    fn of(schema: &Value) -> Self {
        let mut fields = Self::default();
        fields.add(schema);
        fields
    }

    /// Adds those of a schema, of all its arms.
    fn add(&mut self, schema: &Value) {
        for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
            self.by_name.entry(name.clone()).or_default().add(schema);
        }
        if let Some(items) = schema.get("items") {
            self.items.get_or_insert_default().add(items);
        }
        for arms in ["oneOf", "anyOf"] {
            for arm in schema[arms].as_array().into_iter().flatten() {
                self.add(arm);
            }
        }
    }

    /// Adds the places in `value`, which itself is at `place`, that are not known.
    fn find_unknown(&self, value: &Value, place: &str, unknown: &mut Vec<String>) {
        match value {
            Value::Object(fields) if !self.by_name.is_empty() => {
                for (name, value) in fields {
                    let shown: String = name.chars().take(TOLD_BYTES).collect();
                    let place = if place.is_empty() { shown } else { format!("{place}.{shown}") };
                    match self.by_name.get(name) {
                        Some(known) => known.find_unknown(value, &place, unknown),
                        None => unknown.push(place),
                    }
                }
            }
            Value::Array(items) => {
                if let Some(known) = &self.items {
                    for (number, item) in items.iter().enumerate() {
                        known.find_unknown(item, &format!("{place}[{number}]"), unknown);
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn unknown(schema: &Value, body: &Value) -> Vec<String> {
        let mut unknown = Vec::new();
        Fields::of(schema).find_unknown(body, "", &mut unknown);
        unknown
    }

    #[test]
    fn fields_of_any_arm_are_known_and_others_are_found_in_every_depth() {
        let schema = json!({"oneOf": [
            {"properties": {"type": {"type": "string"}, "scenes": {"type": "array", "items": {"anyOf": [
                {"properties": {"text": {"type": "string"}}}, {"properties": {"image": {"properties": {"url": {}}}}},
            ]}}}},
            {"properties": {"title": {"type": "string"}}},
        ]});
        let body = json!({
            "type": "a", "title": "b", "titel": "c",
            "scenes": [{"text": "d"}, {"image": {"url": "e", "uri": "f"}, "colour": "g"}, "h"],
        });
        assert_eq!(unknown(&schema, &body), ["scenes[1].colour", "scenes[1].image.uri", "titel"]);
    }

    #[test]
    fn the_inside_of_a_value_of_any_form_is_not_looked_at() {
        let schema = json!({"properties": {"variables": {"type": "object"}, "engine": {}}});
        assert!(unknown(&schema, &json!({"variables": {"a": 1}, "engine": {"b": [2]}})).is_empty());
        assert!(unknown(&json!({}), &json!({"a": 1})).is_empty());
    }

    #[test]
    fn the_document_tells_the_fields_of_videos() {
        let fields = &BODIES["POST /v3/videos"];
        assert!(fields.by_name.contains_key("script") && !fields.by_name.contains_key("scrip"));
        assert!(fields.by_name["scenes"].items.is_some());
    }
}
