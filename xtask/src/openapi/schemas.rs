//! Schemas of the facts as OpenAPI's, and the parts that all operations share.

use serde_json::{Map, Value, json};

/// Words of the facts that OpenAPI has by another name.
const RENAMED: [(&str, &str); 6] = [
    ("min", "minimum"),
    ("max", "maximum"),
    ("min_length", "minLength"),
    ("max_length", "maxLength"),
    ("min_items", "minItems"),
    ("max_items", "maxItems"),
];

/// A schema of the facts in OpenAPI's words.
pub(super) fn schema(facts: &Value) -> Value {
    let mut told = Map::new();
    for (word, said) in facts.as_object().into_iter().flatten() {
        let (word, said) = match word.as_str() {
            "properties" => {
                let fields = said.as_object().into_iter().flatten();
                (
                    word.as_str(),
                    fields.map(|(name, field)| (name.clone(), schema(field))).collect::<Map<_, _>>().into(),
                )
            }
            "items" => ("items", schema(said)),
            "oneOf" => {
                let arms: Vec<Value> = said.as_array().into_iter().flatten().map(schema).collect();
                (if are_told_apart(facts) { "oneOf" } else { "anyOf" }, arms.into())
            }
            // Names schemas of the document that the facts were taken from; each arm's own word tells the same.
            "discriminator" => continue,
            "required" if said.as_array().is_some_and(Vec::is_empty) => continue,
            other => {
                let renamed = RENAMED.iter().find(|(old, _)| *old == other);
                (renamed.map_or(other, |(_, new)| *new), said.clone())
            }
        };
        told.insert(word.to_owned(), said);
    }
    if told.get("type") == Some(&json!("array")) {
        told.entry("items").or_insert_with(|| json!({}));
    }
    told.into()
}

/// Whether every arm requires a field that has one word, so that no value fits two of them.
fn are_told_apart(facts: &Value) -> bool {
    let Some(name) = facts["discriminator"]["propertyName"].as_str() else { return false };
    facts["oneOf"].as_array().into_iter().flatten().all(|arm| {
        let has_word = arm["properties"][name]["enum"].as_array().is_some_and(|words| words.len() == 1);
        has_word && arm["required"].as_array().is_some_and(|names| names.contains(&json!(name)))
    })
}

/// What an error of a generation is called among the components.
pub(super) fn error_name(generation: &str) -> String {
    format!("Error{}", generation.to_uppercase())
}

/// The ways to show a key, the envelopes of errors, and headers.
pub(super) fn components() -> Value {
    let text = || json!({"type": "string"});
    let maybe = || json!({"type": "string", "nullable": true});
    let faults = json!({"type": "array", "description": "All faults of the request, where there are several.", "items": {
        "type": "object", "required": ["code", "message"],
        "properties": {"code": text(), "message": text(), "param": maybe()},
    }});
    let header = |words: &str| json!({"description": words, "schema": {"type": "string"}});
    json!({
        "securitySchemes": {
            "apiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
            "bearer": {"type": "http", "scheme": "bearer"},
        },
        "schemas": {
            error_name("v3"): {"type": "object", "required": ["error"], "properties": {"error": {
                "type": "object", "required": ["code", "message", "param", "doc_url"],
                "properties": {
                    "code": text(), "message": text(), "param": maybe(), "doc_url": maybe(), "errors": faults,
                },
            }}},
            error_name("v2"): {"type": "object", "required": ["error", "data"], "properties": {
                "error": {
                    "type": "object", "required": ["code", "message"],
                    "properties": {"code": text(), "message": text(), "errors": faults},
                },
                "data": {"type": "object", "nullable": true},
            }},
            error_name("v1"): {
                "type": "object", "required": ["code", "message", "msg", "error", "data"],
                "properties": {
                    "code": {"type": "integer", "minimum": 1001}, "message": text(), "msg": text(), "error": text(),
                    "data": {"type": "object", "nullable": true},
                },
            },
        },
        "headers": {
            "X-Request-Id": header("Names the request in the server's log; the caller's own, where one was sent."),
            "Retry-After": {"description": "Seconds until it is worth asking again.", "schema": {"type": "integer"}},
            "Idempotent-Replayed": header("`true`: the answer of the first request with this Idempotency-Key."),
        },
        "parameters": {
            "Idempotency-Key": {
                "name": "Idempotency-Key", "in": "header", "required": false,
                "description": "The same key within 24 hours gets the same answer, and nothing is done twice.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[A-Za-z0-9_.:-]+$"},
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_get_their_names_and_lists_their_items() {
        let facts = json!({"type": "array", "min_items": 1, "max_items": 2, "required": []});
        assert_eq!(schema(&facts), json!({"type": "array", "minItems": 1, "maxItems": 2, "items": {}}));
        let text = json!({"type": "string", "nullable": true, "min_length": 1, "max_length": 9});
        let told = json!({"type": "string", "nullable": true, "minLength": 1, "maxLength": 9});
        assert_eq!(schema(&text), told);
    }

    #[test]
    fn arms_exclude_each_other_only_where_a_required_word_tells_them_apart() {
        let arm = |word: &str, required: Value| json!({"type": "object", "properties": {"type": {"type": "string", "enum": [word]}}, "required": required});
        let union = |required: &[&str]| {
            let arms = [arm("a", json!(["type"])), arm("b", json!(required))];
            schema(&json!({"discriminator": {"propertyName": "type"}, "oneOf": arms}))
        };
        let (apart, alike) = (union(&["type"]), union(&[]));
        assert!(apart.get("oneOf").is_some() && apart.get("discriminator").is_none(), "{apart}");
        assert!(alike.get("anyOf").is_some() && alike.get("oneOf").is_none(), "{alike}");
    }
}
