//! The contract on an S3 server, and what only S3 can get wrong.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use futures::stream::TryStreamExt;
use rostrum_moto::{BUCKET, Moto, credentials};
use tempfile::TempDir;

use super::multipart::PART_BYTES;
use super::*;
use crate::{BlobErrorKind, contract};

struct Fixed;

impl Chance for Fixed {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

/// A server for all tests, and a prefix for each.
struct World {
    server: &'static Moto,
    prefix: String,
    folder: TempDir,
    blobs: S3Blobs,
}

fn key(text: &str) -> BlobKey {
    BlobKey::new(text).unwrap()
}

fn empty() -> Option<World> {
    static SERVER: OnceLock<Option<Moto>> = OnceLock::new();
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let server = SERVER.get_or_init(Moto::start).as_ref()?;
    let folder = TempDir::new().unwrap();
    let prefix = format!("Test-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let settings = S3Settings {
        url: format!("s3://{BUCKET}/{prefix}"),
        endpoint: Some(server.endpoint.clone()),
        region: None,
        path_style: true,
        direct_uploads: true,
        variables: credentials().map(|(name, value)| (name.to_owned(), value)).into(),
    };
    let blobs = S3Blobs::new(&settings, folder.path(), &Fixed).unwrap();
    Some(World { server, prefix, folder, blobs })
}

impl World {
    fn objects(&self, below: &str) -> Vec<String> {
        self.server.objects(&format!("{}/{below}", self.prefix))
    }
}

macro_rules! contract {
    ($($name:ident),+ $(,)?) => {$(
        #[tokio::test]
        async fn $name() {
            let Some(world) = empty() else { return };
            contract::$name(&world.blobs).await;
            world.blobs.sweep_temporary(DateTime::<Utc>::MAX_UTC).await.unwrap();
            assert!(world.objects("temporary").is_empty(), "temporary objects remain");
            assert!(std::fs::read_dir(world.folder.path()).unwrap().next().is_none(), "files remain");
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
    let Some(world) = empty() else { return };
    let folder = TempDir::new().unwrap();
    contract::an_adopted_file_moves_in(&world.blobs, folder.path()).await;
}

/// Longer than two parts.
fn long() -> Vec<u8> {
    (0..2 * PART_BYTES as u32 + 70_001).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

async fn read(reader: BlobReader) -> Vec<u8> {
    reader.read_all().try_collect::<Vec<_>>().await.unwrap().concat()
}

async fn write_from(blobs: &S3Blobs, name: &BlobKey, from: usize, bytes: &[u8]) -> u64 {
    let mut writer = blobs.resume(name, from as u64).await.unwrap();
    for piece in bytes.chunks(100_003) {
        writer.write(piece).await.unwrap();
    }
    writer.pause().await.unwrap()
}

#[tokio::test]
async fn a_long_blob_is_written_in_parts_and_copied_to_its_key() {
    let Some(world) = empty() else { return };
    let bytes = long();
    let mut writer = world.blobs.writer().await.unwrap();
    for piece in bytes.chunks(1_000_003) {
        writer.write(piece).await.unwrap();
    }
    assert!(world.objects("temporary").iter().all(|name| name.ends_with("(multipart)")));
    let written = writer.commit(BlobKey::for_content).await.unwrap();
    assert_eq!(written.size_bytes, bytes.len() as u64);
    assert_eq!(written.hash.0[..], <sha2::Sha256 as sha2::Digest>::digest(&bytes)[..]);
    assert!(read(world.blobs.open(&written.key).await.unwrap().unwrap()).await == bytes);
    assert_eq!(world.objects("").len(), 1);
}

#[tokio::test]
async fn what_a_killed_writer_left_is_swept() {
    let Some(world) = empty() else { return };
    let mut writer = world.blobs.writer().await.unwrap();
    writer.write(&long()).await.unwrap();
    // As a kill would: nothing is taken back.
    std::mem::forget(writer);
    assert_eq!(world.objects("temporary").len(), 1);
    assert_eq!(world.blobs.sweep_temporary(DateTime::<Utc>::MAX_UTC).await.unwrap(), 1);
    assert!(world.objects("").is_empty());
}

#[tokio::test]
async fn a_long_unfinished_blob_goes_on_in_the_middle_of_any_piece() {
    let Some(world) = empty() else { return };
    let (bytes, name) = (long(), key("upload"));
    let first = PART_BYTES + 5;
    assert_eq!(write_from(&world.blobs, &name, 0, &bytes[..first]).await, first as u64);
    // Back into the first piece, then from piece to piece.
    let back = PART_BYTES - 9;
    assert_eq!(write_from(&world.blobs, &name, back, b"").await, back as u64);
    assert_eq!(read(world.blobs.open_unfinished(&name).await.unwrap().unwrap()).await, bytes[..back]);
    assert_eq!(
        write_from(&world.blobs, &name, back, &bytes[back..2 * PART_BYTES]).await,
        2 * PART_BYTES as u64
    );
    let mut writer = world.blobs.resume(&name, 2 * PART_BYTES as u64).await.unwrap();
    writer.write(&bytes[2 * PART_BYTES..]).await.unwrap();
    let sealed = writer.seal().await.unwrap();
    assert_eq!(sealed.sealed().hash.0[..], <sha2::Sha256 as sha2::Digest>::digest(&bytes)[..]);
    drop(sealed);
    let listed: Vec<_> = world.blobs.list_unfinished().try_collect().await.unwrap();
    assert_eq!(listed, [StoredBlob { key: name.clone(), size_bytes: bytes.len() as u64 }]);
    assert!(world.blobs.publish_unfinished(&name, &key("done")).await.unwrap());
    assert!(read(world.blobs.open(&key("done")).await.unwrap().unwrap()).await == bytes);
    assert_eq!(world.objects(""), [format!("{}/blobs/done", world.prefix)]);
}

#[tokio::test]
async fn a_removal_cut_short_is_not_taken_for_a_shorter_blob_and_is_listed_for_the_sweep() {
    let Some(world) = empty() else { return };
    let name = key("upload");
    write_from(&world.blobs, &name, 0, &long()).await;
    world.blobs.bucket.delete("unfinished/upload/00000-00000001").await.unwrap();
    assert!(world.blobs.open_unfinished(&name).await.unwrap().is_none());
    assert!(!world.blobs.publish_unfinished(&name, &key("done")).await.unwrap());
    let listed: Vec<_> = world.blobs.list_unfinished().try_collect().await.unwrap();
    assert_eq!(listed, [StoredBlob { key: name.clone(), size_bytes: 0 }]);
    assert!(world.blobs.discard_unfinished(&name).await.unwrap());
    assert!(world.objects("").is_empty());
}

#[tokio::test]
async fn parts_that_a_client_never_sent_are_listed_and_aborted() {
    let Some(world) = empty() else { return };
    let name = key("upload");
    let file = crate::DirectFile { size_bytes: 40_000_000, mime: "video/mp4", checksum: None };
    let direct = world.blobs.direct().unwrap();
    let sign = || direct.sign_parts(&name, &file, DateTime::UNIX_EPOCH, chrono::TimeDelta::hours(1));
    let parts = sign().await.unwrap();
    let places: Vec<_> = parts.iter().map(|part| (part.number, part.from, part.to)).collect();
    assert_eq!(places, [(1, 0, 16_777_216), (2, 16_777_216, 33_554_432), (3, 33_554_432, 40_000_000)]);
    assert_eq!(sign().await.unwrap(), parts, "asked for again, it is the same upload");
    assert!(direct.is_in_parts(&name).await.unwrap());
    assert!(direct.take(&name, 40_000_000).await.unwrap().is_none());
    let listed: Vec<_> = world.blobs.list_unfinished().try_collect().await.unwrap();
    assert_eq!(listed, [StoredBlob { key: name.clone(), size_bytes: 0 }]);
    assert!(world.blobs.discard_unfinished(&name).await.unwrap());
    assert!(world.objects("").is_empty());
}

#[tokio::test]
async fn a_long_blob_replaced_while_it_is_read_fails_and_mixes_nothing() {
    let Some(world) = empty() else { return };
    world.blobs.put(&key("b"), &vec![1; 300_000]).await.unwrap();
    let reader = world.blobs.open(&key("b")).await.unwrap().unwrap();
    world.blobs.put(&key("b"), &vec![2; 300_000]).await.unwrap();
    let error = reader.read(200_000..300_000).try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(error.kind, BlobErrorKind::Io);
}

#[tokio::test]
async fn objects_are_joined_and_copied_in_parts_inside_the_store() {
    use super::multipart::Copied;
    let Some(world) = empty() else { return };
    let bytes = long();
    world.blobs.put(&key("from"), &bytes).await.unwrap();
    let cut = 6 * 1024 * 1024;
    let part = |first, last| Copied { from: "blobs/from".to_owned(), range: Some((first, last)) };
    let parts = vec![part(0, cut - 1), part(cut, bytes.len() as u64 - 1)];
    world.blobs.bucket.join(parts, "blobs/to").await.unwrap();
    assert!(read(world.blobs.open(&key("to")).await.unwrap().unwrap()).await == bytes);

    let missing = vec![Copied { from: "blobs/missing".to_owned(), range: None }];
    assert!(world.blobs.bucket.join(missing, "blobs/other").await.is_err());
    assert_eq!(world.objects("").len(), 2, "what failed was aborted");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_a_typed_error() {
    let settings = S3Settings {
        url: "s3://b".to_owned(),
        // Nobody listens at port 1.
        endpoint: Some("http://127.0.0.1:1".to_owned()),
        path_style: true,
        variables: credentials().map(|(name, value)| (name.to_owned(), value)).into(),
        ..S3Settings::default()
    };
    let blobs = S3Blobs::new(&settings, Path::new("/tmp"), &Fixed).unwrap();
    let error = blobs.stat(&key("k")).await.unwrap_err();
    assert_eq!((error.kind, error.action), (BlobErrorKind::Io, "look at a stored object"));
}
