//! Assets out of one server and into another.

use std::fs;
use std::path::Path;
use std::process::Command;

use rostrum_app::assets::content_key;
use rostrum_app::transfer::{Imported, LeftOut};
use rostrum_model::folder::Folder;
use tempfile::TempDir;

use crate::world::{PNG, World};

const CAPTIONS: &[u8] = b"1\n00:00:01,000 --> 00:00:02,000\nHello\n";

fn lines(folder: &Path) -> Vec<serde_json::Value> {
    let text = fs::read_to_string(folder.join("assets.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn import(world: &World, folder: &Path) -> Imported {
    world.backends.import_assets(world.workspace_id, folder).await.unwrap()
}

#[tokio::test]
async fn what_was_exported_is_the_same_after_an_import_elsewhere() {
    let (here, there, folder) = (World::new().await, World::new().await, TempDir::new().unwrap());
    let first = here.upload("me.png", PNG).await;
    let twin = here.upload("照片.png", PNG).await;
    let captions = here.upload_to(Some(here.folder("Words", None).await), "words.srt", CAPTIONS).await;

    let exported = here.backends.export_assets(here.workspace_id, folder.path()).await.unwrap();
    assert_eq!((exported.assets, exported.files, exported.left_out), (3, 2, vec![]));
    assert_eq!(exported.bytes, (PNG.len() + CAPTIONS.len()) as u64);
    let checked = Command::new("sha256sum")
        .args(["--check", "--strict", "--quiet", "SHA256SUMS"])
        .current_dir(folder.path())
        .status();
    assert!(checked.unwrap().success());
    let again = here.backends.export_assets(here.workspace_id, folder.path()).await.unwrap();
    assert_eq!((again.assets, again.files), (3, 0));

    let imported = import(&there, folder.path()).await;
    assert_eq!(imported, Imported { assets: 3, ..Imported::default() });
    for asset in [first, twin, captions] {
        let moved = there.app.asset(there.workspace_id, asset.id).await.unwrap().unwrap();
        assert_eq!((&moved.name, moved.media_type), (&asset.name, asset.media_type));
        assert_eq!((moved.content_hash, moved.created_at), (asset.content_hash, asset.created_at));
        assert_eq!((moved.metadata, moved.folder_id), (asset.metadata, asset.folder_id));
        assert!(there.backends.blobs.stat(&content_key(&asset.content_hash)).await.unwrap().is_some());
    }
    assert_eq!(import(&there, folder.path()).await, Imported { known: 3, ..Imported::default() });
}

#[tokio::test]
async fn folders_move_with_their_names_their_places_and_the_trash() {
    let (here, there, folder) = (World::new().await, World::new().await, TempDir::new().unwrap());
    let top = here.folder("Project", None).await;
    let inner = here.folder("Old \"takes\"", Some(top)).await;
    here.app.trash_folder(here.workspace_id, inner).await.unwrap();
    here.upload_to(Some(top), "me.png", PNG).await;
    here.backends.export_assets(here.workspace_id, folder.path()).await.unwrap();
    assert_eq!(import(&there, folder.path()).await.left_out, []);
    for id in [top, inner] {
        let made = here.backends.store.folders().get(here.workspace_id, id).await.unwrap().unwrap();
        let moved = there.backends.store.folders().get(there.workspace_id, id).await.unwrap().unwrap();
        assert_eq!(moved, Folder { workspace_id: there.workspace_id, ..made });
    }
    there.app.restore_folder(there.workspace_id, inner).await.unwrap();
}

#[tokio::test]
async fn content_that_changed_on_disk_is_left_out_and_named() {
    let (world, folder) = (World::new().await, TempDir::new().unwrap());
    let asset = world.upload("me.png", PNG).await;
    let kept = world.upload("words.srt", CAPTIONS).await;
    world.backends.blobs.put(&content_key(&asset.content_hash), b"rotten").await.unwrap();
    let exported = world.backends.export_assets(world.workspace_id, folder.path()).await.unwrap();
    let [LeftOut { what, why }] = exported.left_out.as_slice() else { panic!("{exported:?}") };
    assert_eq!(*what, asset.id.to_string());
    assert!(why.starts_with("the content has changed"), "{why}");
    let there = lines(folder.path());
    assert_eq!(there.len(), 1);
    assert_eq!(there[0]["id"], kept.id.to_string());
}

#[tokio::test]
async fn files_of_an_import_are_looked_at_like_uploads() {
    let (world, folder) = (World::new().await, TempDir::new().unwrap());
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("good.png", PNG);
    write("cut.png", &PNG[..40]);
    write("program", b"\x7fELF\x02\x01\x01 and so on");
    write("empty.png", b"");
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("link.png")).unwrap();
    let id = |number: u32| format!("asset_0190{number:028x}");
    let line = |number, file: &str| format!(r#"{{"id":"{}","name":"../a.png","file":"{file}"}}"#, id(number));
    let other = "0".repeat(64);
    let list = [
        line(1, "good.png"),
        line(2, "cut.png"),
        line(3, "program"),
        line(4, "empty.png"),
        line(5, "link.png"),
        line(6, "../good.png"),
        line(7, "/etc/passwd"),
        line(8, "missing.png"),
        format!(r#"{{"id":"{}","name":"a","file":"good.png","sha256":"{other}"}}"#, id(9)),
        r#"{"id":"no id","name":"a","file":"good.png"}"#.to_owned(),
        "no JSON".to_owned(),
        String::new(),
        line(1, "good.png"),
    ];
    write("assets.jsonl", list.join("\n").as_bytes());
    let imported = import(&world, folder.path()).await;
    assert_eq!((imported.assets, imported.known), (1, 1));
    let reasons: Vec<_> = imported.left_out.iter().map(|left| left.why.as_str()).collect();
    let expected = [
        "ends",
        "bytes are",
        "the file is empty",
        "is no file",
        "is no path below",
        "is no path below",
        "cannot be read",
        "has changed",
        "",
        "cannot be read",
    ];
    assert_eq!(reasons.len(), expected.len(), "{reasons:?}");
    for (reason, expected) in reasons.iter().zip(expected) {
        assert!(reason.contains(expected), "{reason:?} does not say {expected:?}");
    }
    let asset = world.app.asset(world.workspace_id, id(1).parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(asset.name, "a.png");
    assert_eq!(world.app.sweep_at_start().await.unwrap().orphan_files, 0, "refused files leave nothing");
}
