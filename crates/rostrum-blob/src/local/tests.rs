//! The contract on local files, and what only files can get wrong.

use std::fs::{self, File, OpenOptions};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use super::*;
use crate::{BlobErrorKind, contract};

fn empty() -> (TempDir, LocalBlobs) {
    let folder = TempDir::new().unwrap();
    let blobs = LocalBlobs::new(&folder.path().join("store")).unwrap();
    (folder, blobs)
}

fn key(text: &str) -> BlobKey {
    BlobKey::new(text).unwrap()
}

/// The files below `blobs/` and `temporary/`.
fn files(folder: &TempDir) -> [usize; 2] {
    fn count(folder: &Path) -> usize {
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| if path.is_dir() { count(&path) } else { 1 })
            .sum()
    }
    ["blobs", "temporary"].map(|name| count(&folder.path().join("store").join(name)))
}

macro_rules! contract {
    ($($name:ident),+ $(,)?) => {$(
        #[tokio::test]
        async fn $name() {
            let (folder, blobs) = empty();
            contract::$name(&blobs).await;
            assert_eq!(files(&folder)[1], 0, "temporary files remain");
        }
    )+};
}

contract!(
    a_blob_put_is_read_back_whole,
    a_missing_blob_is_none,
    ranges_are_exact_and_end_with_the_blob,
    writing_in_pieces_hashes_and_counts_the_whole,
    nothing_is_visible_before_commit_or_after_drop,
    the_same_content_twice_is_stored_once,
    an_open_reader_keeps_its_bytes_when_the_blob_changes,
    a_deleted_blob_is_gone_and_its_folder_can_be_used_again,
    listing_gives_whole_folders,
    a_blob_can_be_gone_on_with_where_it_was_left,
    an_unfinished_blob_can_be_begun_anew_or_discarded,
    a_writer_dropped_at_work_does_not_disturb_the_next_one,
);

#[tokio::test]
async fn an_adopted_file_moves_in() {
    let (folder, blobs) = empty();
    contract::an_adopted_file_moves_in(&blobs, folder.path()).await;
    assert_eq!(files(&folder), [1, 0]);
}

#[tokio::test]
async fn a_file_of_another_disk_is_copied_in() {
    let (folder, blobs) = empty();
    let path = folder.path().join("elsewhere");
    fs::write(&path, b"far").unwrap();
    adopting::copy_in(&blobs.folders, &key("k"), File::open(&path).unwrap()).unwrap();
    assert_eq!(fs::read(blobs.local_path(&key("k")).unwrap()).unwrap(), b"far");
    assert_eq!(files(&folder), [1, 0]);
}

#[tokio::test]
async fn leftovers_of_a_crash_are_swept_but_writers_at_work_are_left() {
    let (folder, blobs) = empty();
    let crashed = folder.path().join("store/temporary/0");
    fs::write(&crashed, b"half a file").unwrap();
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
    OpenOptions::new().write(true).open(&crashed).unwrap().set_modified(long_ago).unwrap();

    let reopened = LocalBlobs::new(&folder.path().join("store")).unwrap();
    let mut writer = reopened.writer().await.unwrap();
    writer.write(b"whole").await.unwrap();
    assert_eq!(blobs.sweep_temporary((long_ago + Duration::from_secs(1)).into()).await.unwrap(), 1);
    assert!(!crashed.exists());
    writer.commit(|_| key("k")).await.unwrap();
    assert_eq!(files(&folder), [1, 0]);
}

/// `/dev/full` refuses every write as a full disk does.
#[tokio::test]
async fn a_full_disk_is_told_apart_and_leaves_nothing() {
    let (folder, blobs) = empty();
    let (_, temporary) = blobs.folders.new_temporary().unwrap();
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut writer = BlobWriter::new(Box::new(LocalWriter::new(blobs.folders.clone(), full, temporary)));
    writer.write(b"does not fit").await.unwrap();
    let error = writer.commit(|_| key("k")).await.unwrap_err();
    assert_eq!(error.kind, BlobErrorKind::Full);
    assert_eq!(files(&folder), [0, 0]);
}

#[tokio::test]
async fn a_writer_that_failed_stays_failed() {
    let (folder, blobs) = empty();
    let (_, temporary) = blobs.folders.new_temporary().unwrap();
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut writer = BlobWriter::new(Box::new(LocalWriter::new(blobs.folders.clone(), full, temporary)));
    let megabyte = vec![7; 1024 * 1024];
    assert_eq!(writer.write(&megabyte).await.unwrap_err().kind, BlobErrorKind::Full);
    assert!(writer.write(&megabyte).await.is_err());
    assert!(writer.commit(|_| key("k")).await.is_err());
    assert_eq!(files(&folder), [0, 0]);
}

#[tokio::test]
async fn a_blob_cut_short_behind_our_back_is_an_error_not_a_short_answer() {
    use futures::stream::TryStreamExt;
    let (_folder, blobs) = empty();
    blobs.put(&key("k"), &vec![1; 100_000]).await.unwrap();
    let reader = blobs.open(&key("k")).await.unwrap().unwrap();
    let path = blobs.local_path(&key("k")).unwrap();
    OpenOptions::new().write(true).open(path).unwrap().set_len(50_000).unwrap();
    let error = reader.read_all().try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(error.kind, BlobErrorKind::Io);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_and_deleters_of_one_folder_do_not_break_each_other() {
    let (folder, blobs) = empty();
    let turns = (0..4).map(|worker| {
        let blobs = blobs.clone();
        tokio::spawn(async move {
            for _ in 0..50 {
                let mine = key(&format!("shared/folder/{worker}"));
                blobs.put(&mine, b"x").await.unwrap();
                assert!(blobs.delete(&mine).await.unwrap());
            }
        })
    });
    futures::future::try_join_all(turns).await.unwrap();
    assert_eq!(files(&folder), [0, 0]);
}

#[tokio::test]
async fn other_users_cannot_read_blobs() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, blobs) = empty();
    blobs.put(&key("k"), b"x").await.unwrap();
    let mode = fs::metadata(blobs.local_path(&key("k")).unwrap()).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0);
}
