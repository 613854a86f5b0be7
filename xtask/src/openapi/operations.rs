//! Operations: their facts as OpenAPI has them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, ensure};
use serde_json::{Map, Value, json};

use super::schemas::{error_name, schema};

/// What an answer with a status means, for those that operations have in common.
const ERRORS: [(u64, &str); 16] = [
    (400, "Something in the request is missing, malformed or out of range."),
    (401, "No key, or one that is not known."),
    (402, "Too few credits."),
    (403, "The key may do other things only."),
    (404, "Not there, or not in the workspace of the key."),
    (405, "The path has other methods."),
    (409, "Does not go together with what is there."),
    (410, "Was there, and is no more."),
    (413, "Longer than the operation takes."),
    (415, "The body is of a type that the operation does not take."),
    (429, "More than may be at a time; Retry-After says when to come again."),
    (500, "A fault of the server."),
    (501, "Asks for something that is not built yet."),
    (502, "An engine elsewhere fails."),
    (503, "The server lacks something it needs now."),
    (504, "The server behind a URL took too long."),
];

/// All that the files of facts say.
pub(super) struct Facts {
    operations: BTreeMap<String, Value>,
    not_built: BTreeSet<String>,
    differences: Vec<Value>,
}

impl Facts {
    /// Reads the files; a later one adds to operations of an earlier one.
    pub(super) fn read(
        read: &dyn Fn(&str) -> anyhow::Result<String>,
        names: &[&str],
    ) -> anyhow::Result<Self> {
        let file = |name: &str| read(&format!("compat/contract/{name}"));
        let mut operations: BTreeMap<String, Value> = BTreeMap::new();
        for name in names {
            let facts: Value =
                serde_json::from_str(&file(name)?).with_context(|| format!("reading {name}"))?;
            for told in facts["operations"].as_array().context("facts have operations")? {
                let known = operations.entry(format!("{} {}", text(told, "method")?, text(told, "path")?));
                known.and_modify(|known| add(known, told)).or_insert_with(|| told.clone());
            }
        }
        let not_built = file("not-built.txt")?.lines().map(str::to_owned).collect();
        let differences = serde_json::from_str(&file("differences.json")?)?;
        Ok(Self { operations, not_built, differences })
    }

    pub(super) fn operations(&self) -> impl Iterator<Item = &Value> {
        self.operations.values()
    }
}

/// Adds what one file says of an operation to what another says: parameters behind the others, all else by name.
fn add(known: &mut Value, more: &Value) {
    for (name, said) in more.as_object().into_iter().flatten() {
        match (known.get_mut(name).and_then(Value::as_array_mut), said.as_array()) {
            (Some(list), Some(said)) => list.extend(said.iter().cloned()),
            _ => known[name] = said.clone(),
        }
    }
}

fn text<'v>(facts: &'v Value, name: &str) -> anyhow::Result<&'v str> {
    facts[name].as_str().with_context(|| format!("no '{name}' in {facts}"))
}

/// Path, method in small letters and the operation.
pub(super) fn operation(facts: &Facts, known: &Value) -> anyhow::Result<(String, String, Value)> {
    let (method, path) = (text(known, "method")?, text(known, "path")?);
    let name = format!("{method} {path}");
    let generation = generation(path);
    let is_public = known["public"] == true;
    let is_built = !facts.not_built.contains(&name) && known["not_built"] != true;
    let mut told = json!({"operationId": operation_id(method, path), "tags": [tag(path)]});
    if is_public {
        told["security"] = json!([]);
    }
    let summary = if is_built { text(known, "summary")? } else { "Not built in this version." };
    told["summary"] = summary.into();
    let mut parameters: Vec<Value> =
        placeholders(path).map(|name| parameter("path", &json!({"name": name}))).collect();
    if is_built {
        let query = known["query"].as_array().into_iter().flatten();
        parameters.extend(query.map(|asked| parameter("query", asked)));
        if known["keyed"] == true {
            parameters.push(json!({"$ref": "#/components/parameters/Idempotency-Key"}));
        }
        if let Some(mut body) = body(known) {
            if let Some(fields) = known.get("not_built_fields") {
                for field in fields.as_array().into_iter().flatten().filter_map(Value::as_str) {
                    take_out(&mut body, field);
                }
                told["x-not-built-fields"] = fields.clone();
            }
            for (place, field) in known["more_fields"].as_object().into_iter().flatten() {
                let within = &mut body["content"]["application/json"]["schema"];
                let is_put = put_in(within, &place.split('.').collect::<Vec<_>>(), &schema(field));
                ensure!(is_put, "'{place}' of more_fields finds no object in the body of {name}");
            }
            told["requestBody"] = body;
        }
        told["responses"] = responses(facts, known, &name, generation)?;
    } else {
        told["x-not-built"] = true.into();
        told["responses"] = json!({"501": error(501, generation)?});
    }
    if !parameters.is_empty() {
        told["parameters"] = parameters.into();
    }
    Ok((path.to_owned(), method.to_lowercase(), told))
}

/// How errors of a path look.
fn generation(path: &str) -> &'static str {
    // The newest operations of the first generation speak like the second.
    if path.starts_with("/v2/") || path.starts_with("/v1/audio/") {
        "v2"
    } else if path.starts_with("/v1/") {
        "v1"
    } else {
        "v3"
    }
}

fn placeholders(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|word| word.strip_prefix('{')?.strip_suffix('}'))
}

/// Method and path as one word.
fn operation_id(method: &str, path: &str) -> String {
    let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(method.to_lowercase(), |id, word| {
        let (first, rest) = word.split_at(1);
        format!("{id}{}{rest}", first.to_uppercase())
    })
}

/// The noun that a path is about, whatever its generation calls it.
fn tag(path: &str) -> &str {
    let mut words = path.split(['/', '.']).skip(1);
    let first = words.next().unwrap_or_default();
    if !["v1", "v2", "v3"].contains(&first) {
        return "server";
    }
    match words.next().unwrap_or_default() {
        "asset" => "assets",
        "audio" if !path.starts_with("/v3/") => "voices",
        "avatar" | "avatar_group" | "photo_avatar" | "photo_avatar_group" | "talking_photo" => "avatars",
        "user" => "users",
        "video" | "video_status" => "videos",
        "voice" => "voices",
        "webhook" => "webhooks",
        word => word,
    }
}

fn parameter(place: &str, facts: &Value) -> Value {
    let kind = match facts["type"].as_str() {
        Some("int") => "integer",
        Some("float64") => "number",
        Some("bool") => "boolean",
        _ => "string",
    };
    let mut told = schema(facts);
    if let Some(told) = told.as_object_mut() {
        for word in ["name", "required", "description"] {
            told.remove(word);
        }
    }
    told["type"] = kind.into();
    if let Some(usual) = facts["default"].as_str() {
        // The facts have all of them as texts.
        let usual =
            if kind == "string" { usual.into() } else { serde_json::from_str(usual).unwrap_or_default() };
        told["default"] = usual;
    }
    let is_required = place == "path" || facts["required"] == true;
    let mut told = json!({"name": facts["name"], "in": place, "required": is_required, "schema": told});
    if let Some(words) = facts.get("description") {
        told["description"] = words.clone();
    }
    told
}

/// The body: one of several types under `bodies`, or the one that `request` and `body_encoding` tell.
fn body(facts: &Value) -> Option<Value> {
    let mut content = Map::new();
    let mut is_required = true;
    for (media_type, body) in facts["bodies"].as_object().into_iter().flatten() {
        content.insert(media_type.clone(), json!({"schema": schema(body)}));
    }
    if let Some(request) = facts.get("request") {
        let mut told = schema(request);
        let is_form = facts["body_encoding"] == "multipart";
        if is_form {
            told["properties"]["file"]["format"] = "binary".into();
        }
        is_required = request.get("oneOf").is_some() || request.get("required").is_some();
        let media_type = if is_form { "multipart/form-data" } else { "application/json" };
        content.insert(media_type.to_owned(), json!({"schema": told}));
    }
    (!content.is_empty()).then(|| json!({"required": is_required, "content": content}))
}

/// Takes a field, named with the one it is in, like `voice_settings.locale`, out wherever it is.
fn take_out(within: &mut Value, field: &str) {
    let (parent, name) = field.split_once('.').unwrap_or(("", field));
    let fields =
        within.pointer_mut(&format!("/properties/{parent}/properties")).and_then(Value::as_object_mut);
    if let Some(fields) = fields {
        fields.remove(name);
    }
    match within {
        Value::Object(parts) => parts.values_mut().for_each(|part| take_out(part, field)),
        Value::Array(parts) => parts.iter_mut().for_each(|part| take_out(part, field)),
        _ => {}
    }
}

/// Adds a field to all arms of a schema, through lists and the objects that its path names; tells whether there was any.
fn put_in(within: &mut Value, path: &[&str], field: &Value) -> bool {
    let mut is_put = false;
    for arms in ["oneOf", "anyOf"] {
        for arm in within.get_mut(arms).and_then(Value::as_array_mut).into_iter().flatten() {
            is_put |= put_in(arm, path, field);
        }
    }
    if let Some(items) = within.get_mut("items") {
        is_put |= put_in(items, path, field);
    }
    let (Some(fields), [name, rest @ ..]) =
        (within.get_mut("properties").and_then(Value::as_object_mut), path)
    else {
        return is_put;
    };
    if rest.is_empty() {
        fields.entry((*name).to_owned()).or_insert_with(|| field.clone());
        return true;
    }
    fields.get_mut(*name).is_some_and(|inner| put_in(inner, rest, field)) | is_put
}

fn responses(facts: &Facts, known: &Value, name: &str, generation: &str) -> anyhow::Result<Value> {
    let status = known["status"].as_u64().unwrap_or(200);
    let mut headers = json!({"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}});
    if known["keyed"] == true {
        headers["Idempotent-Replayed"] = json!({"$ref": "#/components/headers/Idempotent-Replayed"});
    }
    let answer = answer(facts, known, name);
    let success = json!({
        "description": "Done.", "headers": headers, "content": {"application/json": {"schema": answer}},
    });
    let mut told = Map::from_iter([(status.to_string(), success)]);
    for status in statuses(known) {
        told.insert(status.to_string(), error(status, generation)?);
    }
    Ok(told.into())
}

/// The statuses of errors: those that come with what the operation takes, and those that the facts add.
fn statuses(known: &Value) -> BTreeSet<u64> {
    let mut statuses = BTreeSet::from([500]);
    if known["public"] != true {
        statuses.extend([400, 401, 403, 429]);
    }
    if known.get("request").is_some() || known.get("bodies").is_some() {
        statuses.insert(413);
    }
    if known["path"].as_str().is_some_and(|path| path.contains('{')) {
        statuses.insert(404);
    }
    if known["keyed"] == true {
        statuses.insert(409);
    }
    statuses.extend(known["errors"].as_array().into_iter().flatten().filter_map(Value::as_u64));
    statuses
}

/// The schema of a success, with what differs on purpose.
fn answer(facts: &Facts, known: &Value, name: &str) -> Value {
    let mut answer = schema(&known["response"]);
    if answer.get("required").is_none() {
        // HeyGen's facts leave it out for the outermost object, which all answers have.
        let outermost =
            ["data", "has_more"].into_iter().filter(|name| answer["properties"].get(name).is_some());
        let outermost: Vec<&str> = outermost.collect();
        if !outermost.is_empty() {
            answer["required"] = outermost.into();
        }
    }
    for difference in &facts.differences {
        let told = difference["operation"].as_str().unwrap_or_default();
        if told.split('?').next() == Some(name) {
            differ(&mut answer, difference["at"].as_str().unwrap_or_default(), difference.get("value"));
        }
    }
    answer
}

/// Lets a field, like `data[].status`, have one word more, or be missing where the difference names no value.
fn differ(answer: &mut Value, at: &str, value: Option<&Value>) {
    let (parents, name) = at.rsplit_once('.').unwrap_or(("", at));
    let parent: String = parents
        .split('.')
        .filter(|word| !word.is_empty())
        .map(|word| match word.strip_suffix("[]") {
            Some(list) => format!("/properties/{list}/items"),
            None => format!("/properties/{word}"),
        })
        .collect();
    if let Some(value) = value {
        let words = answer.pointer_mut(&format!("{parent}/properties/{name}/enum"));
        if let Some(words) = words.and_then(Value::as_array_mut) {
            words.push(value.clone());
        }
        return;
    }
    let Some(parent) = answer.pointer_mut(&parent).and_then(Value::as_object_mut) else { return };
    if let Some(names) = parent.get_mut("required").and_then(Value::as_array_mut) {
        names.retain(|known| known != name);
        if names.is_empty() {
            parent.remove("required");
        }
    }
}

fn error(status: u64, generation: &str) -> anyhow::Result<Value> {
    let is_known = ERRORS.iter().any(|(known, _)| *known == status);
    ensure!(is_known, "say in ERRORS what an answer with {status} means");
    Ok(json!({"$ref": format!("#/components/responses/{}", response_name(status, generation))}))
}

/// What an answer with an error is called among the components.
fn response_name(status: u64, generation: &str) -> String {
    format!("{generation}-{status}")
}

/// The answers with errors of all generations.
pub(super) fn error_responses() -> Value {
    let all = ["v1", "v2", "v3"].into_iter().flat_map(|generation| {
        ERRORS.iter().map(move |(status, words)| {
            (response_name(*status, generation), error_response(*status, words, generation))
        })
    });
    all.collect::<Map<_, _>>().into()
}

fn error_response(status: u64, words: &str, generation: &str) -> Value {
    let mut headers = json!({"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}});
    if [409, 429].contains(&status) {
        headers["Retry-After"] = json!({"$ref": "#/components/headers/Retry-After"});
    }
    let schema = json!({"$ref": format!("#/components/schemas/{}", error_name(generation))});
    json!({"description": words, "headers": headers, "content": {"application/json": {"schema": schema}}})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        let differences = json!([
            {"operation": "POST /v3/films?dry_run=true", "at": "data.film_id"},
            {"operation": "POST /v3/films", "at": "data.rolls[].form", "value": "round"},
        ]);
        Facts {
            operations: BTreeMap::new(),
            not_built: BTreeSet::from(["GET /v3/films/{film_id}".to_owned()]),
            differences: serde_json::from_value(differences).unwrap(),
        }
    }

    #[test]
    fn an_operation_tells_its_parameters_body_and_statuses() {
        let known = json!({
            "method": "POST", "path": "/v1/film.make/{roll_id}", "summary": "Make a film", "keyed": true, "errors": [402],
            "query": [{"name": "limit", "type": "int", "default": "10", "min": 1, "max": 100}],
            "request": {"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {}, "c": {}}}}},
            "not_built_fields": ["a.b"], "response": {"type": "object", "properties": {}},
        });
        let (path, method, told) = operation(&facts(), &known).unwrap();
        assert_eq!((path.as_str(), method.as_str()), ("/v1/film.make/{roll_id}", "post"));
        assert_eq!(told["operationId"], "postV1FilmMakeRollId");
        let limit = json!({"type": "integer", "default": 10, "minimum": 1, "maximum": 100});
        assert_eq!(told["parameters"][1]["schema"], limit);
        assert_eq!(told["parameters"][2]["$ref"], "#/components/parameters/Idempotency-Key");
        let fields =
            &told["requestBody"]["content"]["application/json"]["schema"]["properties"]["a"]["properties"];
        assert_eq!((fields, &told["requestBody"]["required"]), (&json!({"c": {}}), &json!(false)));
        let statuses: Vec<&str> = told["responses"].as_object().unwrap().keys().map(String::as_str).collect();
        let all = ["200", "400", "401", "402", "403", "404", "409", "413", "429", "500"];
        assert_eq!(BTreeSet::from_iter(statuses), BTreeSet::from(all));
        assert_eq!(told["responses"]["402"]["$ref"], "#/components/responses/v1-402");
    }

    #[test]
    fn what_is_not_built_answers_that_and_nothing_else() {
        let known = json!({"method": "GET", "path": "/v3/films/{film_id}", "response": {}});
        let (_, _, told) = operation(&facts(), &known).unwrap();
        assert_eq!(told["responses"], json!({"501": {"$ref": "#/components/responses/v3-501"}}));
        assert_eq!((&told["x-not-built"], &told["parameters"][0]["name"]), (&json!(true), &json!("film_id")));
    }

    #[test]
    fn differences_widen_answers() {
        let known = json!({"response": {"type": "object", "properties": {"data": {
            "type": "object", "required": ["film_id"], "properties": {
                "film_id": {"type": "string"},
                "rolls": {"type": "array", "items": {
                    "type": "object", "properties": {"form": {"type": "string", "enum": ["square"]}},
                }},
            },
        }}}});
        let answer = answer(&facts(), &known, "POST /v3/films");
        assert_eq!(answer["required"], json!(["data"]));
        let data = &answer["properties"]["data"];
        assert_eq!(data.get("required"), None);
        let form = &data["properties"]["rolls"]["items"]["properties"]["form"];
        assert_eq!(form["enum"], json!(["square", "round"]));
    }

    #[test]
    fn a_status_without_words_is_refused() {
        let error = error(418, "v3").unwrap_err().to_string();
        assert!(error.contains("ERRORS") && error.contains("418"), "{error}");
    }
}
