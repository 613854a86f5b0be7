//! The ways in which files come in.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::HostileFile;
use super::support::{Answer, MULTIPART, Server, multipart};

/// A way to send a file.
pub(crate) struct Way {
    pub(crate) name: &'static str,
    pub(crate) send: fn(&Server, &HostileFile) -> Verdict,
}

/// Whether a file was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It was; the type told from its bytes, where the answer has it.
    Accepted { media_type: Option<String> },
    /// It was not.
    Refused { status: u16, code: String, message: String },
    /// The connection broke.
    NoAnswer,
}

pub(crate) const WAYS: [Way; 8] = [
    Way { name: "v3 multipart", send: v3_multipart },
    Way { name: "v3 direct upload", send: v3_direct },
    Way { name: "tus", send: tus },
    Way { name: "v3 asset input, Base64", send: base64_input },
    Way { name: "v1 raw body", send: v1_raw },
    Way { name: "v1 multipart", send: v1_multipart },
    Way { name: "v1 URL asked for by JSON", send: v1_asked_for },
    Way { name: "v1 talking photo", send: v1_talking_photo },
];

impl Verdict {
    /// Why a file was refused, in a word or two, by the message's form.
    pub(crate) fn reason(&self) -> &'static str {
        let Self::Refused { message, .. } = self else { return "" };
        let has = |part: &str| message.contains(part);
        if has(" is empty") || has("must be provided") || has("must be at least 1") {
            "empty"
        } else if has("the limit is") {
            "beyond a limit"
        } else if has("accepted are")
            || has("is needed")
            || has("announced")
            || has("cannot be turned into pixels")
            || has("cannot be used here")
        {
            "of another type"
        } else if has("face") {
            "no usable face"
        } else {
            "damaged or dangerous"
        }
    }
}

fn verdict(answer: &Answer) -> Verdict {
    let body: Value = serde_json::from_slice(&answer.bytes).unwrap_or_default();
    if (200..300).contains(&answer.status) {
        let media_type = body["data"]["mime_type"].as_str().map(str::to_owned);
        return Verdict::Accepted { media_type };
    }
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let (code, message) = match &body["error"] {
        Value::Object(error) => (text(&error["code"]), text(&error["message"])),
        _ if body["code"].is_u64() => (body["code"].to_string(), text(&body["message"])),
        _ => (String::new(), String::from_utf8_lossy(&answer.bytes).into_owned()),
    };
    Verdict::Refused { status: answer.status, code, message: without_ids(&message) }
}

/// Ids are new each time.
fn without_ids(message: &str) -> String {
    let words = message.split(' ').map(|word| if word.contains("asset_0") { "ASSET" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

fn v3_multipart(server: &Server, file: &HostileFile) -> Verdict {
    verdict(&server.upload(&file.name, &file.bytes))
}

fn v3_direct(server: &Server, file: &HostileFile) -> Verdict {
    let announced = json!({
        "filename": file.name, "content_type": file.declared, "size_bytes": file.bytes.len(),
    });
    let announced = server.post("/v3/assets/direct-uploads", &announced);
    if announced.status != 200 {
        return verdict(&announced);
    }
    let data = &announced.json()["data"];
    let sent =
        server.put(data["upload_url"].as_str().unwrap(), &[("content-type", file.declared)], &file.bytes);
    if sent.status != 200 {
        return verdict(&sent);
    }
    verdict(&server.post(&format!("/v3/assets/{}/complete", data["asset_id"].as_str().unwrap()), &json!({})))
}

fn tus(server: &Server, file: &HostileFile) -> Verdict {
    let speaks = [("tus-resumable", "1.0.0"), ("x-api-key", &server.key)];
    let metadata =
        format!("filename {},filetype {}", STANDARD.encode(&file.name), STANDARD.encode(file.declared));
    let length = file.bytes.len().to_string();
    let announced = [&speaks[..], &[("upload-length", &length), ("upload-metadata", &metadata)]].concat();
    let created = server.send("POST", "/v3/assets/tus", &announced, Some(b""));
    if created.status != 201 {
        return verdict(&created);
    }
    let sent = [&speaks[..], &[("upload-offset", "0"), ("content-type", "application/offset+octet-stream")]]
        .concat();
    verdict(&server.send("PATCH", created.header("location"), &sent, Some(&file.bytes)))
}

/// The request names a sound that is not there, so no video is made; the picture is looked at first.
fn base64_input(server: &Server, file: &HostileFile) -> Verdict {
    let body = json!({
        "type": "image",
        "image": {"type": "base64", "media_type": file.declared, "data": STANDARD.encode(&file.bytes)},
        "audio_asset_id": "asset_00000000000070008000000000000000",
    });
    match verdict(&server.post("/v3/videos", &body)) {
        Verdict::Refused { message, .. } if message.contains("ASSET") => {
            Verdict::Accepted { media_type: None }
        }
        other => other,
    }
}

fn v1_raw(server: &Server, file: &HostileFile) -> Verdict {
    verdict(&server.post_raw("/v1/asset", &[("content-type", file.declared)], &file.bytes))
}

fn v1_multipart(server: &Server, file: &HostileFile) -> Verdict {
    let body = multipart("file", &file.name, &file.bytes);
    verdict(&server.post_raw("/v1/asset", &[("content-type", MULTIPART)], &body))
}

fn v1_asked_for(server: &Server, file: &HostileFile) -> Verdict {
    let asked = server.post("/v1/asset", &json!({"content_type": file.declared}));
    let url = asked.json()["data"]["url"].as_str().unwrap().to_owned();
    verdict(&server.put(&url, &[("content-type", file.declared)], &file.bytes))
}

fn v1_talking_photo(server: &Server, file: &HostileFile) -> Verdict {
    verdict(&server.post_raw("/v1/talking_photo", &[("content-type", file.declared)], &file.bytes))
}
