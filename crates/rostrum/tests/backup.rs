//! `rostrum backup` beside a server that is at work, and `rostrum restore` to another.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use support::{PDF, Server, rostrum};

fn run(data: &Path, command: &str, folder: &Path) -> Output {
    rostrum(data).arg(command).arg(folder).output().unwrap()
}

#[track_caller]
fn refused(ran: &Output) -> String {
    assert!(!ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
    String::from_utf8_lossy(&ran.stderr).into_owned()
}

/// A file of its own, of some length, so that there is something to copy.
fn document(number: usize) -> Vec<u8> {
    let (head, rest) = PDF.split_at(b"%PDF-1.4\n".len());
    [head, format!("% {number}\n").repeat(4000).as_bytes(), rest].concat()
}

/// Uploads a document and gives its id.
fn upload(server: &Server, number: usize) -> String {
    let made = server.upload(&format!("{number}.pdf"), &document(number)).data();
    made["asset_id"].as_str().unwrap().to_owned()
}

#[test]
fn a_backup_under_load_restores_all_that_was_acknowledged_before_it_began() {
    let here = Server::start();
    let before: Vec<String> = (0..20).map(|number| upload(&here, number)).collect();
    let folder = here.post("/v1/folders/create", &json!({"name": "films"})).json()["data"].clone();
    // Half of an upload: what has arrived is kept too.
    let bytes = document(1000);
    let half = here.announce("half.pdf", "application/pdf", bytes.len());
    let url = half["upload_url"].as_str().unwrap().to_owned();
    let (first, rest) = bytes.split_at(5000);
    let ranged = |server: &Server, url: &str, from: usize, part: &[u8]| {
        let range = format!("bytes {from}-{}/{}", from + part.len() - 1, bytes.len());
        server.put(url, &[("content-type", "application/pdf"), ("content-range", &range)], part)
    };
    assert_eq!(ranged(&here, &url, 0, first).status, 308);

    let backup = tempfile::tempdir().unwrap();
    let target = backup.path().join("monday");
    let is_over = AtomicBool::new(false);
    let (ran, during) = std::thread::scope(|scope| {
        let working = scope.spawn(|| {
            let mut made = Vec::new();
            while !is_over.load(Ordering::Relaxed) {
                made.push(upload(&here, 100 + made.len()));
                if made.len() % 3 == 0 {
                    here.delete(&format!("/v3/assets/{}", made[made.len() - 2])).data();
                }
            }
            made
        });
        let ran = run(here.data_dir(), "backup", &target);
        is_over.store(true, Ordering::Relaxed);
        (ran, working.join().unwrap())
    });
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(!during.is_empty());
    assert!(refused(&run(here.data_dir(), "backup", &target)).contains("not empty"));
    let checked = std::process::Command::new("sha256sum")
        .args(["--quiet", "--check", "SHA256SUMS"])
        .current_dir(&target)
        .status();
    assert!(checked.unwrap().success());

    let mut there = Server::start();
    assert!(refused(&run(there.data_dir(), "restore", &target)).contains("--data-dir"));
    there.kill();
    for entry in std::fs::read_dir(there.data_dir()).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) }.unwrap();
    }
    let ran = run(there.data_dir(), "restore", &target);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    there.key.clone_from(&here.key);
    there.restart();

    for (number, id) in before.iter().enumerate() {
        assert_eq!(there.get(&format!("/asset/{id}")).bytes, document(number), "{number}");
    }
    for (number, id) in during.iter().enumerate() {
        let listed = there.get(&format!("/v3/assets/{id}")).status == 200;
        let bytes = there.get(&format!("/asset/{id}"));
        // One that was deleted while the backup was made may be listed without its bytes.
        let was_deleted = here.get(&format!("/v3/assets/{id}")).status == 404;
        assert!(!listed || was_deleted || bytes.bytes == document(100 + number), "{number}");
    }
    let folders = there.get("/v1/folders").json();
    assert_eq!(folders["data"]["folders"], json!([folder]));
    // The URL was signed by the same installation, and the upload goes on where it was.
    let path = &url[url.find("/uploads/").unwrap()..];
    let done = ranged(&there, path, first.len(), rest);
    assert_eq!(done.status, 200, "{}", String::from_utf8_lossy(&done.bytes));
    let id = half["asset_id"].as_str().unwrap();
    there.post(&format!("/v3/assets/{id}/complete"), &json!({})).data();
    assert_eq!(there.get(&format!("/asset/{id}")).bytes, bytes);
}

#[test]
fn a_backup_that_is_not_whole_or_was_changed_is_refused_before_anything_is_written() {
    let server = Server::start();
    upload(&server, 1);
    let backup = tempfile::tempdir().unwrap();
    let ran = run(server.data_dir(), "backup", backup.path());
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));

    let refuse = || {
        let data = tempfile::tempdir().unwrap();
        let told = refused(&run(data.path(), "restore", backup.path()));
        assert!(!data.path().join("rostrum.db").exists());
        told
    };
    let list = backup.path().join("SHA256SUMS");
    let sums = std::fs::read_to_string(&list).unwrap();
    let changed =
        backup.path().join(sums.lines().find_map(|line| Some(line.split_once("  blobs/")?.1)).unwrap());
    let changed = backup.path().join("blobs").join(changed.strip_prefix(backup.path()).unwrap());
    let bytes = std::fs::read(&changed).unwrap();
    let mut flipped = bytes.clone();
    flipped[10] ^= 1;
    std::fs::write(&changed, flipped).unwrap();
    assert!(refuse().contains("has changed"));
    std::fs::remove_file(&changed).unwrap();
    assert!(refuse().contains("is missing"));
    std::fs::write(&changed, bytes).unwrap();
    std::fs::write(&list, sums.replace("  blobs/", "  blobs/../")).unwrap();
    assert!(refuse().contains("SHA256SUMS"));
    std::fs::remove_file(&list).unwrap();
    assert!(refuse().contains("did not come to its end"));
}

#[test]
fn bytes_that_are_not_what_they_were_are_named_and_left_out() {
    let server = Server::start();
    upload(&server, 1);
    let asset =
        server.get(&format!("/asset/{}", upload(&server, 2))).header("etag").trim_matches('"').to_owned();
    let stored = server.files_in("blobs").into_iter().find(|file| file.ends_with(&asset)).unwrap();
    let path = server.data_dir().join(&stored);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[1000] ^= 1;
    let mut permissions = std::fs::metadata(&path).unwrap().permissions();
    permissions.set_mode(0o600);
    std::fs::set_permissions(&path, permissions).unwrap();
    std::fs::write(&path, bytes).unwrap();
    let backup = tempfile::tempdir().unwrap();
    let told = refused(&run(server.data_dir(), "backup", backup.path()));
    assert!(told.contains(&asset) && told.contains("1 files are damaged"), "{told}");
    let list = std::fs::read_to_string(backup.path().join("SHA256SUMS")).unwrap();
    assert!(!list.contains(&format!("{asset}\n")) && list.contains("rostrum.db"), "{list}");
}
