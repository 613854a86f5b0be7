//! What every backend must do. Each function takes an empty backend.

use std::ops::Range;
use std::path::Path;

use bytes::Bytes;
use futures::stream::TryStreamExt;
use rostrum_model::asset::ContentHash;
use sha2::{Digest, Sha256};

use crate::{BlobErrorKind, BlobKey, Blobs, MAX_CHUNK_BYTES};

fn key(text: &str) -> BlobKey {
    BlobKey::new(text).unwrap()
}

/// Bytes without a short period, so that a piece in the wrong place is seen.
fn sample(len: usize) -> Vec<u8> {
    (0..len as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

fn hash_of(bytes: &[u8]) -> ContentHash {
    ContentHash(Sha256::digest(bytes).into())
}

async fn read(blobs: &dyn Blobs, name: &str, range: Range<u64>) -> Vec<u8> {
    let reader = blobs.open(&key(name)).await.unwrap().expect("the blob exists");
    let pieces: Vec<Bytes> = reader.read(range).try_collect().await.unwrap();
    assert!(pieces.iter().all(|piece| (1..=MAX_CHUNK_BYTES).contains(&piece.len())));
    pieces.concat()
}

async fn keys(blobs: &dyn Blobs, folder: Option<&str>) -> Vec<String> {
    let folder = folder.map(key);
    let mut names: Vec<String> =
        blobs.list(folder.as_ref()).map_ok(|blob| blob.key.to_string()).try_collect().await.unwrap();
    names.sort();
    names
}

pub(crate) async fn a_blob_put_is_read_back_whole(blobs: &dyn Blobs) {
    for (name, len) in [("empty", 0), ("one", 1), ("folder/large", 3 * 1024 * 1024 + 17)] {
        let bytes = sample(len);
        let written = blobs.put(&key(name), &bytes).await.unwrap();
        assert_eq!(written.hash, hash_of(&bytes));
        assert_eq!(written.size_bytes, len as u64);
        assert_eq!(written.key, key(name));
        assert_eq!(blobs.stat(&key(name)).await.unwrap(), Some(len as u64));
        let reader = blobs.open(&key(name)).await.unwrap().unwrap();
        assert_eq!((reader.len(), reader.is_empty()), (len as u64, len == 0));
        assert_eq!(reader.read_all().try_collect::<Vec<Bytes>>().await.unwrap().concat(), bytes);
        assert_eq!(blobs.read(&key(name)).await.unwrap().unwrap(), bytes);
    }
}

pub(crate) async fn a_missing_blob_is_none(blobs: &dyn Blobs) {
    blobs.put(&key("folder/file"), b"x").await.unwrap();
    for name in ["missing", "folder", "folder/missing", "folder/file/below"] {
        assert!(blobs.open(&key(name)).await.unwrap().is_none(), "{name}");
        assert!(blobs.read(&key(name)).await.unwrap().is_none(), "{name}");
        assert_eq!(blobs.stat(&key(name)).await.unwrap(), None, "{name}");
        assert!(!blobs.delete(&key(name)).await.unwrap(), "{name}");
    }
}

pub(crate) async fn ranges_are_exact_and_end_with_the_blob(blobs: &dyn Blobs) {
    let bytes = sample(200_000);
    blobs.put(&key("b"), &bytes).await.unwrap();
    assert_eq!(read(blobs, "b", 0..1).await, bytes[..1]);
    assert_eq!(read(blobs, "b", 0..65_536).await, bytes[..65_536]);
    assert_eq!(read(blobs, "b", 65_535..131_073).await, bytes[65_535..131_073]);
    assert_eq!(read(blobs, "b", 199_999..200_000).await, bytes[199_999..]);
    assert_eq!(read(blobs, "b", 199_990..u64::MAX).await, bytes[199_990..]);
    assert_eq!(read(blobs, "b", 200_000..200_001).await, b"");
    assert_eq!(read(blobs, "b", 5..5).await, b"");
    assert_eq!(read(blobs, "b", u64::MAX - 1..u64::MAX).await, b"");
}

pub(crate) async fn writing_in_pieces_hashes_and_counts_the_whole(blobs: &dyn Blobs) {
    let bytes = sample(1_000_003);
    let mut writer = blobs.writer().await.unwrap();
    for piece in bytes.chunks(7_001) {
        writer.write(piece).await.unwrap();
    }
    writer.write(b"").await.unwrap();
    assert_eq!(writer.size_bytes(), 1_000_003);
    let written = writer.commit(BlobKey::for_content).await.unwrap();
    assert_eq!(written.hash, hash_of(&bytes));
    assert_eq!(written.size_bytes, 1_000_003);
    assert_eq!(written.key, BlobKey::for_content(&written.hash));
    assert_eq!(read(blobs, written.key.as_str(), 0..u64::MAX).await, bytes);
}

pub(crate) async fn nothing_is_visible_before_commit_or_after_drop(blobs: &dyn Blobs) {
    let mut writer = blobs.writer().await.unwrap();
    writer.write(&sample(600_000)).await.unwrap();
    assert!(keys(blobs, None).await.is_empty());
    drop(writer);
    assert!(keys(blobs, None).await.is_empty());
}

pub(crate) async fn the_same_content_twice_is_stored_once(blobs: &dyn Blobs) {
    let bytes = sample(700_000);
    let write = async || {
        let mut writer = blobs.writer().await.unwrap();
        for piece in bytes.chunks(65_536) {
            writer.write(piece).await.unwrap();
        }
        writer.commit(BlobKey::for_content).await.unwrap()
    };
    let (first, second) = futures::join!(write(), write());
    assert_eq!(first, second);
    assert_eq!(write().await, first);
    assert_eq!(keys(blobs, None).await, [first.key.to_string()]);
    assert_eq!(read(blobs, first.key.as_str(), 0..u64::MAX).await, bytes);
}

pub(crate) async fn an_open_reader_keeps_its_bytes_when_the_blob_changes(blobs: &dyn Blobs) {
    blobs.put(&key("b"), b"old bytes").await.unwrap();
    let reader = blobs.open(&key("b")).await.unwrap().unwrap();
    blobs.put(&key("b"), b"new").await.unwrap();
    assert_eq!(read(blobs, "b", 0..u64::MAX).await, b"new");
    assert!(blobs.delete(&key("b")).await.unwrap());
    let pieces: Vec<Bytes> = reader.read_all().try_collect().await.unwrap();
    assert_eq!(pieces.concat(), b"old bytes");
}

pub(crate) async fn a_deleted_blob_is_gone_and_its_folder_can_be_used_again(blobs: &dyn Blobs) {
    blobs.put(&key("a/b/c"), b"1").await.unwrap();
    assert!(blobs.delete(&key("a/b/c")).await.unwrap());
    assert!(!blobs.delete(&key("a/b/c")).await.unwrap());
    assert!(keys(blobs, None).await.is_empty());
    blobs.put(&key("a/b"), b"2").await.unwrap();
    assert_eq!(read(blobs, "a/b", 0..9).await, b"2");
}

pub(crate) async fn listing_gives_whole_folders(blobs: &dyn Blobs) {
    for name in ["a/b/1", "a/b/2", "a/bc", "d"] {
        blobs.put(&key(name), name.as_bytes()).await.unwrap();
    }
    assert_eq!(keys(blobs, None).await, ["a/b/1", "a/b/2", "a/bc", "d"]);
    assert_eq!(keys(blobs, Some("a")).await, ["a/b/1", "a/b/2", "a/bc"]);
    assert_eq!(keys(blobs, Some("a/b")).await, ["a/b/1", "a/b/2"]);
    assert!(keys(blobs, Some("missing")).await.is_empty());
    let sizes: Vec<u64> = blobs.list(None).map_ok(|blob| blob.size_bytes).try_collect().await.unwrap();
    assert_eq!(sizes.iter().sum::<u64>(), 5 + 5 + 4 + 1);
}

pub(crate) async fn an_adopted_file_moves_in(blobs: &dyn Blobs, folder: &Path) {
    let path = folder.join("finished.mp4");
    std::fs::write(&path, b"moving pictures").unwrap();
    assert_eq!(blobs.adopt_file(&key("videos/v/output.mp4"), &path).await.unwrap(), 15);
    assert!(!path.exists());
    assert_eq!(read(blobs, "videos/v/output.mp4", 7..99).await, b"pictures");

    for wrong in [&path, folder] {
        let error = blobs.adopt_file(&key("videos/v/other"), wrong).await.unwrap_err();
        assert_eq!(error.kind, BlobErrorKind::NotFound);
    }
    assert_eq!(keys(blobs, None).await, ["videos/v/output.mp4"]);
}

pub(crate) async fn a_blob_can_be_gone_on_with_where_it_was_left(blobs: &dyn Blobs) {
    let bytes = sample(900_001);
    let name = key("upload-1");
    let mut writer = blobs.resume(&name, 0).await.unwrap();
    writer.write(&bytes[..400_000]).await.unwrap();
    assert_eq!(writer.pause().await.unwrap(), 400_000);

    let mut writer = blobs.resume(&name, 300_000).await.unwrap();
    writer.write(&bytes[300_000..700_000]).await.unwrap();
    assert_eq!(writer.pause().await.unwrap(), 700_000);
    let reader = blobs.open_unfinished(&name).await.unwrap().unwrap();
    assert_eq!(reader.len(), 700_000);
    let head: Vec<Bytes> = reader.read(0..10).try_collect().await.unwrap();
    assert_eq!(head.concat(), bytes[..10]);
    assert!(keys(blobs, None).await.is_empty(), "nothing is visible yet");

    let mut writer = blobs.resume(&name, 700_000).await.unwrap();
    writer.write(&bytes[700_000..]).await.unwrap();
    let sealed = writer.seal().await.unwrap();
    assert_eq!(sealed.sealed().hash, hash_of(&bytes));
    assert_eq!(sealed.sealed().size_bytes, 900_001);
    drop(sealed);
    let listed: Vec<_> = blobs.list_unfinished().try_collect().await.unwrap();
    assert_eq!(listed.iter().map(|blob| blob.key.clone()).collect::<Vec<_>>(), std::slice::from_ref(&name));
    assert!(blobs.publish_unfinished(&name, &key("done")).await.unwrap());
    assert!(!blobs.publish_unfinished(&name, &key("done")).await.unwrap());
    assert_eq!(read(blobs, "done", 0..u64::MAX).await, bytes);
    assert!(blobs.open_unfinished(&name).await.unwrap().is_none());
}

pub(crate) async fn an_unfinished_blob_can_be_begun_anew_or_discarded(blobs: &dyn Blobs) {
    let name = key("upload-2");
    let mut writer = blobs.resume(&name, 0).await.unwrap();
    writer.write(b"old bytes").await.unwrap();
    assert_eq!(writer.pause().await.unwrap(), 9);
    let error = blobs.resume(&name, 10).await.unwrap_err();
    assert_eq!(error.kind, BlobErrorKind::NotFound);
    let mut writer = blobs.resume(&name, 0).await.unwrap();
    writer.write(b"new").await.unwrap();
    let sealed = writer.seal().await.unwrap();
    assert_eq!(sealed.sealed().hash, hash_of(b"new"));
    assert_eq!(sealed.publish(key("done")).await.unwrap().size_bytes, 3);
    assert!(blobs.open_unfinished(&name).await.unwrap().is_none());

    blobs.resume(&name, 0).await.unwrap().pause().await.unwrap();
    assert!(blobs.discard_unfinished(&name).await.unwrap());
    assert!(!blobs.discard_unfinished(&name).await.unwrap());
    assert_eq!(blobs.resume(&name, 1).await.unwrap_err().kind, BlobErrorKind::NotFound);
    assert!(blobs.list_unfinished().try_next().await.unwrap().is_none());
}

pub(crate) async fn a_writer_dropped_at_work_does_not_disturb_the_next_one(blobs: &dyn Blobs) {
    let name = key("upload-3");
    for round in 0..20_u8 {
        let mut dropped = blobs.resume(&name, 0).await.unwrap();
        dropped.write(&vec![0xff; 700_000]).await.unwrap();
        drop(dropped);
        let bytes = vec![round; 300_000];
        let mut writer = blobs.resume(&name, 0).await.unwrap();
        writer.write(&bytes).await.unwrap();
        writer.seal().await.unwrap().publish(key("done")).await.unwrap();
        assert_eq!(read(blobs, "done", 0..u64::MAX).await, bytes);
    }
}
