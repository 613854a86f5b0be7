//! Folders, and the assets in them.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use serde_json::{Value, json};
use support::{Answer, MULTIPART, PDF, Server, multipart};

/// Asserts a success and returns `data`.
#[track_caller]
fn data(answer: &Answer) -> Value {
    let body = answer.json();
    assert_eq!((answer.status, &body["code"]), (200, &json!(100)), "{body}");
    body["data"].clone()
}

/// Asserts an error of the first generation.
#[track_caller]
fn refused(answer: &Answer, status: u16, word: &str) {
    let body = answer.json();
    assert_eq!(answer.status, status, "{body}");
    assert!(body["message"].as_str().unwrap().contains(word), "{body}");
}

#[track_caller]
fn create(server: &Server, name: &str, parent: Option<&str>) -> String {
    let folder = data(&server.post("/v1/folders/create", &json!({"name": name, "parent_id": parent})));
    assert_eq!((&folder["name"], &folder["parent_id"]), (&json!(name), &json!(parent)));
    assert_eq!((&folder["project_type"], &folder["is_trash"]), (&json!("mixed"), &json!(false)));
    folder["id"].as_str().unwrap().to_owned()
}

/// The names in a list of folders, or of assets.
#[track_caller]
fn names(server: &Server, path: &str) -> Vec<String> {
    let body = server.get(path).json();
    let rows = if path.starts_with("/v1") {
        let lists = [&body["data"]["folders"], &body["data"]["assets"]];
        lists.into_iter().find(|rows| rows.is_array()).unwrap_or(&Value::Null)
    } else {
        &body["data"]
    };
    let rows = rows.as_array().unwrap_or_else(|| panic!("{body}"));
    rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn folders_are_made_listed_renamed_trashed_and_restored() {
    let server = Server::start();
    let spring = create(&server, "Spring", None);
    let march = create(&server, "March", Some(&spring));
    create(&server, "Week 1", Some(&march));
    assert_eq!(names(&server, "/v1/folders"), ["Week 1", "March", "Spring"]);
    assert_eq!(names(&server, &format!("/v1/folders?parent_id={spring}")), ["March"]);
    assert_eq!(names(&server, "/v1/folders?name_filter=PRI"), ["Spring"]);
    let first = data(&server.get("/v1/folders?limit=2"));
    let token = first["token"].as_str().unwrap();
    assert_eq!((&first["total"], first["folders"].as_array().unwrap().len()), (&json!(3), 2));
    let second = data(&server.get(&format!("/v1/folders?limit=2&token={token}")));
    assert_eq!((&second["folders"][0]["name"], &second["token"]), (&json!("Spring"), &json!("")));
    assert_eq!(data(&server.get("/v1/folders?limit=0"))["folders"], json!([]));

    let path = format!("/v1/folders/{march}");
    assert_eq!(data(&server.post(&path, &json!({"name": "April"})))["name"], "April");
    let trashed = data(&server.post(&format!("{path}/trash"), &json!({})));
    assert_eq!(trashed["is_trash"], true);
    assert_eq!(names(&server, "/v1/folders"), ["Spring"]);
    assert_eq!(names(&server, "/v1/folders?is_trash=true"), ["Week 1", "April"]);
    assert_eq!(data(&server.post(&format!("{path}/trash"), &json!({}))), trashed);
    assert_eq!(data(&server.post(&format!("{path}/restore"), &json!({})))["is_trash"], false);
    assert_eq!(names(&server, "/v1/folders"), ["Week 1", "April", "Spring"]);

    data(&server.post(&format!("/v1/folders/{spring}/trash"), &json!({})));
    refused(&server.post(&format!("{path}/restore"), &json!({})), 409, "is in the trash");
    refused(&server.post("/v1/folders/create", &json!({"name": "x", "parent_id": march})), 409, "trash");
}

#[test]
fn folders_lie_at_most_sixteen_deep() {
    let server = Server::start();
    let mut deepest = create(&server, "1", None);
    for depth in 2..=16 {
        deepest = create(&server, &depth.to_string(), Some(&deepest));
    }
    let seventeenth = json!({"name": "17", "parent_id": deepest});
    refused(&server.post("/v1/folders/create", &seventeenth), 409, "16 deep");
}

#[test]
fn unknown_and_foreign_folders_are_not_found() {
    let server = Server::start();
    let unknown = "folder_00000000000000000000000000000000";
    for id in [unknown, "nonsense", "folder_%00"] {
        for operation in ["", "/trash", "/restore"] {
            let path = format!("/v1/folders/{id}{operation}");
            refused(&server.post(&path, &json!({"name": "x"})), 404, "was not found");
        }
    }
    refused(&server.get(&format!("/v1/folders?parent_id={unknown}")), 404, "was not found");
    refused(&server.get(&format!("/v1/asset/list?folder_id={unknown}")), 404, "was not found");
    let file = json!({"filename": "a.pdf", "content_type": "application/pdf", "size_bytes": 1, "folder_id": unknown});
    server.post("/v3/assets/direct-uploads", &file).refused(404, "not_found", Some("folder_id"));
    let batch = json!({"files": [file]});
    server.post("/v3/assets/direct-uploads/batches", &batch).refused(404, "not_found", Some("folder_id"));
    let path = format!("/v3/assets?folder_id={unknown}");
    let body = multipart("file", "a.pdf", PDF);
    server.post_raw(&path, &[("content-type", MULTIPART)], &body).refused(
        404,
        "not_found",
        Some("folder_id"),
    );
    for body in [json!({}), json!({"name": "\n"}), json!({"name": "x".repeat(256)})] {
        refused(&server.post("/v1/folders/create", &body), 400, "'name'");
    }
    for query in ["limit=101", "limit=-1", "is_trash=perhaps", "token=zz"] {
        assert_eq!(server.get(&format!("/v1/folders?{query}")).status, 400, "{query}");
    }
}

#[test]
fn every_way_to_upload_takes_a_folder_and_lists_go_by_it() {
    let server = Server::start();
    let folder = create(&server, "Papers", None);
    let owner = server.upload("loose.pdf", PDF).data()["asset_id"].as_str().unwrap().to_owned();
    let owner = server.get(&format!("/v3/assets/{owner}")).data()["owner"].as_str().unwrap().to_owned();

    let field = format!(
        "------rostrum-test\r\nContent-Disposition: form-data; name=\"folder_id\"\r\n\r\n{folder}\r\n"
    );
    let body = [field.into_bytes(), multipart("file", "part.pdf", PDF)].concat();
    server.post_raw("/v3/assets", &[("content-type", MULTIPART)], &body).data();
    let path = format!("/v3/assets?folder_id={folder}");
    let body = multipart("file", "query.pdf", PDF);
    server.post_raw(&path, &[("content-type", MULTIPART)], &body).data();
    let file = json!({
        "filename": "direct.pdf", "content_type": "application/pdf", "size_bytes": PDF.len(), "folder_id": folder,
    });
    let upload = server.post("/v3/assets/direct-uploads", &file).data();
    server.put(upload["upload_url"].as_str().unwrap(), &[("content-type", "application/pdf")], PDF);
    let id = upload["asset_id"].as_str().unwrap();
    server.post(&format!("/v3/assets/{id}/complete"), &json!({})).data();
    assert_eq!(server.get(&format!("/v3/assets/{id}")).data()["folder_id"], json!(folder));
    let path = format!("/v1/asset?folder_id={folder}");
    let raw = data(&server.post_raw(&path, &[("content-type", "application/pdf")], PDF));
    assert_eq!(raw["folder_id"], json!(folder));
    let raw = raw["name"].as_str().unwrap();

    let all = [raw, "direct.pdf", "query.pdf", "part.pdf", "loose.pdf"];
    let v3 = format!("/v3/assets?username={owner}");
    assert_eq!(names(&server, &v3), all);
    assert_eq!(names(&server, &format!("{v3}&folder_id={folder}")), all[..4]);
    assert_eq!(names(&server, &format!("{v3}&folder_id=")), all[4..]);
    assert_eq!(names(&server, &format!("/v1/asset/list?folder_id={folder}")), all[..4]);
    assert_eq!(names(&server, "/v1/asset/list?folder_id=&file_type=document"), all[4..]);

    data(&server.post(&format!("/v1/folders/{folder}/trash"), &json!({})));
    assert_eq!(names(&server, &v3), all[4..], "what is in the trash is left out");
    assert_eq!(names(&server, &format!("{v3}&folder_id={folder}")), all[..4], "unless asked for");
    assert_eq!(
        server.get(upload["asset_id"].as_str().map(|id| format!("/asset/{id}")).unwrap().as_str()).bytes,
        PDF
    );
    server.post("/v3/assets/direct-uploads", &file).refused(409, "conflict", Some("folder_id"));
    data(&server.post(&format!("/v1/folders/{folder}/restore"), &json!({})));
    assert_eq!(names(&server, &v3), all);
}
