//! Answers held against `compat/contract`: every answer of the API that a test sees is checked, a success by the schema of
//! its operation, an error by the envelope of its generation and by the statuses that `compat/openapi.json` tells. Fields
//! beyond the contract are allowed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::OnceLock;

use serde_json::Value;

/// All that a schema of an answer may say; `default` and `discriminator` are said for those who send.
const KEYWORDS: [&str; 11] = [
    "type",
    "nullable",
    "properties",
    "required",
    "items",
    "enum",
    "oneOf",
    "default",
    "discriminator",
    "min",
    "max",
];

/// The files of facts. HeyGen's come first, ours last.
const FACTS: [&str; 4] = ["v3.json", "v1.json", "v2.json", "ours.json"];

/// A file of the contract.
pub fn contract_file(name: &str) -> PathBuf {
    super::repository("compat/contract").join(name)
}

/// An operation of the contract.
#[derive(Debug)]
pub struct Operation {
    pub method: String,
    /// With its parameters in braces.
    pub path: String,
    /// The status of a success.
    pub status: u16,
    /// What a success looks like.
    pub response: Value,
    /// The command of HeyGen's own program that calls it.
    pub cli: Option<String>,
}

impl Operation {
    /// Method and path.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// How many segments of the path are its own words; `None` when it is another path.
    fn fit(&self, path: &str) -> Option<usize> {
        let (own, asked): (Vec<&str>, Vec<&str>) =
            (self.path.split('/').collect(), path.split('/').collect());
        let fits = |(own, asked): (&&str, &&str)| own == asked || own.starts_with('{') && !asked.is_empty();
        (own.len() == asked.len() && own.iter().zip(&asked).all(fits))
            .then(|| own.iter().filter(|segment| !segment.starts_with('{')).count())
    }
}

/// All operations of HeyGen's third generation.
pub fn operations() -> &'static [Operation] {
    static OPERATIONS: OnceLock<Vec<Operation>> = OnceLock::new();
    OPERATIONS.get_or_init(|| read_operations("v3.json"))
}

/// All operations of all generations, ours too, but for those that are built in none.
pub fn all_operations() -> &'static [Operation] {
    static OPERATIONS: OnceLock<Vec<Operation>> = OnceLock::new();
    OPERATIONS.get_or_init(|| FACTS.into_iter().flat_map(read_operations).collect())
}

/// The operations that a file tells the answers of; others of it only add to those of another file.
fn read_operations(file: &str) -> Vec<Operation> {
    let facts: Value = serde_json::from_slice(&std::fs::read(contract_file(file)).unwrap()).unwrap();
    let told = facts["operations"].as_array().unwrap().iter();
    told.filter(|facts| facts.get("response").is_some()).map(read_operation).collect()
}

fn read_operation(facts: &Value) -> Operation {
    let mut response = facts["response"].clone();
    if response.get("required").is_none() && response.get("oneOf").is_none() {
        // HeyGen's facts leave it out for the outermost object, which all answers have.
        let outermost =
            ["data", "has_more"].into_iter().filter(|name| response["properties"].get(name).is_some());
        response["required"] = outermost.collect();
    }
    refuse_unknown_keywords(&response);
    Operation {
        method: facts["method"].as_str().unwrap().to_owned(),
        path: facts["path"].as_str().unwrap().to_owned(),
        status: facts["status"].as_u64().unwrap_or(200).try_into().unwrap(),
        response,
        cli: facts["cli"].as_str().map(str::to_owned),
    }
}

/// The operations that are not built yet, by name.
pub fn not_built() -> BTreeSet<String> {
    std::fs::read_to_string(contract_file("not-built.txt")).unwrap().lines().map(str::to_owned).collect()
}

/// A word that the check does not know must not pass for one that says nothing.
fn refuse_unknown_keywords(schema: &Value) {
    for (keyword, said) in schema.as_object().unwrap() {
        assert!(KEYWORDS.contains(&keyword.as_str()), "teach the check the keyword '{keyword}'");
        match keyword.as_str() {
            "properties" => said.as_object().unwrap().values().for_each(refuse_unknown_keywords),
            "items" => refuse_unknown_keywords(said),
            "oneOf" => said.as_array().unwrap().iter().for_each(refuse_unknown_keywords),
            _ => {}
        }
    }
}

/// Where an answer differs on purpose, or a newer source differs from the facts.
struct Difference {
    /// Method and path, with what the query must have when only such requests are answered differently.
    operation: String,
    /// The field, like `data[].status`.
    at: String,
    /// The one value that it is about; any where there is none.
    value: Option<Value>,
}

fn differences() -> &'static [Difference] {
    static DIFFERENCES: OnceLock<Vec<Difference>> = OnceLock::new();
    DIFFERENCES.get_or_init(|| {
        let listed = std::fs::read(contract_file("differences.json")).unwrap();
        let listed: Vec<Value> = serde_json::from_slice(&listed).unwrap();
        let read = |entry: &Value| {
            let [operation, at, reason] =
                ["operation", "at", "reason"].map(|name| entry[name].as_str().unwrap().to_owned());
            assert!(reason.len() > 20, "'{operation}' differs at '{at}' for no reason");
            let bare = operation.split('?').next().unwrap();
            assert!(
                operations().iter().any(|known| known.name() == bare),
                "'{operation}' is not in the contract"
            );
            Difference { operation, at, value: entry.get("value").cloned() }
        };
        listed.iter().map(read).collect()
    })
}

/// What is wrong with a value.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field, like `data[].status`.
    pub at: String,
    pub what: String,
    /// What was found there; null where nothing was.
    pub value: Value,
}

/// What is wrong with an answer, if anything is; files and pages are none of the contract's business.
pub fn faults(method: &str, url: &str, status: u16, body: &[u8]) -> Vec<Fault> {
    let path =
        url.strip_prefix("http://").map_or(url, |rest| rest.find('/').map_or("", |slash| &rest[slash..]));
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let is_of_api = ["/v1/", "/v2/", "/v3/"].iter().any(|start| path.starts_with(start))
        && !path.starts_with("/v3/assets/tus");
    if !is_of_api || method == "HEAD" || method == "OPTIONS" {
        return Vec::new();
    }
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return vec![fault("", "the answer is no JSON")];
    };
    let fitting = all_operations().iter().filter_map(|operation| Some((operation.fit(path)?, operation)));
    let fitting: Vec<_> = fitting.collect();
    let best = fitting.iter().map(|(words, _)| *words).max();
    let mut of_path =
        fitting.iter().filter(|(words, _)| Some(*words) == best).map(|(_, operation)| operation);
    let operation = of_path.find(|operation| operation.method == method);
    let mut faults = Vec::new();
    if status >= 400 {
        // Where there is no such route, there is no generation either.
        let is_route = !fitting.is_empty();
        match path.get(..4).filter(|_| is_route) {
            Some("/v1/") if !path.starts_with("/v1/audio/") => check_v1_error(&body, &mut faults),
            Some("/v1/" | "/v2/") => check_v2_error(status, &body, &mut faults),
            _ => check_error(status, &body, &mut faults),
        }
        if let Some(operation) = operation.filter(|operation| !told_statuses(operation).contains(&status)) {
            let what =
                format!("{status} is no status that compat/openapi.json tells of {}", operation.name());
            faults.push(fault("", &what));
        }
        return faults;
    }
    let Some(operation) = operation else {
        return vec![fault("", "no facts in compat/contract tell of this operation")];
    };
    if status != operation.status {
        faults.push(fault("", &format!("the status is {status}, not {}", operation.status)));
    }
    check(&operation.response, &body, "", &mut faults);
    let name = operation.name();
    faults.retain(|fault| {
        !differences().iter().any(|difference| {
            let (operation, asked) =
                difference.operation.split_once('?').unwrap_or((&difference.operation, ""));
            let is_meant = difference.value.as_ref().is_none_or(|value| *value == fault.value);
            operation == name && query.contains(asked) && difference.at == fault.at && is_meant
        })
    });
    faults
}

fn fault(at: &str, what: &str) -> Fault {
    Fault { at: at.to_owned(), what: what.to_owned(), value: Value::Null }
}

/// The status that each code may come with, HeyGen's codes and ours.
fn codes() -> &'static BTreeMap<String, Vec<u64>> {
    static CODES: OnceLock<BTreeMap<String, Vec<u64>>> = OnceLock::new();
    CODES.get_or_init(|| {
        let listed: Value =
            serde_json::from_slice(&std::fs::read(contract_file("errors.json")).unwrap()).unwrap();
        let statuses =
            |said: &Value| said.as_array().unwrap().iter().map(|status| status.as_u64().unwrap()).collect();
        let theirs = listed["heygen"].as_object().unwrap().iter();
        let ours = listed["ours"].as_object().unwrap().iter();
        theirs
            .map(|(code, said)| (code.clone(), statuses(said)))
            .chain(ours.map(|(code, said)| (code.clone(), vec![said["status"].as_u64().unwrap()])))
            .collect()
    })
}

/// The statuses that the document tells of an operation.
fn told_statuses(operation: &Operation) -> BTreeSet<u16> {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    let document = DOCUMENT.get_or_init(|| {
        let text = std::fs::read(contract_file("../openapi.json")).unwrap();
        serde_json::from_slice(&text).unwrap()
    });
    let told = &document["paths"][&operation.path][operation.method.to_lowercase()]["responses"];
    // Whoever has no key learns nothing else, also of what is not built.
    let told = told.as_object().unwrap().keys().map(|status| status.parse().unwrap());
    told.chain([401]).collect()
}

/// The envelope of the first generation.
fn check_v1_error(body: &Value, faults: &mut Vec<Fault>) {
    if body["code"].as_u64().is_none_or(|code| code <= 1000) {
        faults.push(fault("code", "missing, or no number of an error"));
    }
    for name in ["message", "msg", "error"] {
        if body[name].as_str().is_none_or(str::is_empty) {
            faults.push(fault(name, "missing, or no text"));
        }
    }
    if body.get("data") != Some(&Value::Null) {
        faults.push(fault("data", "missing, or not null"));
    }
}

/// The envelope of the second generation.
fn check_v2_error(status: u16, body: &Value, faults: &mut Vec<Fault>) {
    check_code(status, &body["error"], faults);
    if body.get("data") != Some(&Value::Null) {
        faults.push(fault("data", "missing, or not null"));
    }
}

fn check_error(status: u16, body: &Value, faults: &mut Vec<Fault>) {
    let error = &body["error"];
    check_code(status, error, faults);
    for name in ["param", "doc_url"] {
        if !error.get(name).is_some_and(|value| value.is_null() || value.is_string()) {
            faults.push(fault(&format!("error.{name}"), "missing, or neither text nor null"));
        }
    }
}

fn check_code(status: u16, error: &Value, faults: &mut Vec<Fault>) {
    for name in ["code", "message"] {
        if error[name].as_str().is_none_or(str::is_empty) {
            faults.push(fault(&format!("error.{name}"), "missing, or no text"));
        }
    }
    if let Some(code) = error["code"].as_str().filter(|code| !code.is_empty()) {
        match codes().get(code) {
            None => {
                faults.push(fault("error.code", &format!("'{code}' is not in compat/contract/errors.json")));
            }
            Some(statuses) if !statuses.contains(&u64::from(status)) => {
                faults.push(fault("error.code", &format!("'{code}' does not come with {status}")));
            }
            Some(_) => {}
        }
    }
}

/// Adds what is wrong with a value that a schema describes.
fn check(schema: &Value, value: &Value, at: &str, faults: &mut Vec<Fault>) {
    if value.is_null() && schema["nullable"] == true {
        return;
    }
    if let Some(arms) = schema["oneOf"].as_array() {
        let tried = arms.iter().map(|arm| {
            let mut faults = Vec::new();
            check(arm, value, at, &mut faults);
            faults
        });
        faults.extend(tried.min_by_key(Vec::len).unwrap());
        return;
    }
    let kind = schema["type"].as_str().unwrap();
    let is_right = match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => panic!("teach the check the type '{kind}'"),
    };
    if !is_right {
        faults.push(Fault { value: value.clone(), ..fault(at, &format!("{value} is no {kind}")) });
        return;
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        faults.push(Fault {
            value: value.clone(),
            ..fault(at, &format!("{value} is none of {}", schema["enum"]))
        });
    }
    let is_below = value.as_f64() < schema["min"].as_f64() && value.is_number();
    let is_above =
        value.as_f64() > schema["max"].as_f64() && schema.get("max").is_some() && value.is_number();
    if is_below || is_above {
        faults.push(Fault { value: value.clone(), ..fault(at, &format!("{value} is out of range")) });
    }
    if let Some(items) = value.as_array().filter(|_| schema.get("items").is_some()) {
        for item in items {
            check(&schema["items"], item, &format!("{at}[]"), faults);
        }
    }
    if let Some(fields) = value.as_object() {
        check_fields(schema, fields, at, faults);
    }
}

fn check_fields(schema: &Value, fields: &serde_json::Map<String, Value>, at: &str, faults: &mut Vec<Fault>) {
    let place = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    for name in schema["required"].as_array().into_iter().flatten().map(|name| name.as_str().unwrap()) {
        if !fields.contains_key(name) {
            faults.push(fault(&place(name), "missing"));
        }
    }
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(value) = fields.get(name) {
            check(schema, value, &place(name), faults);
        }
    }
}
