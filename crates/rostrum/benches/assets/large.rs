//! One large file in and out.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::nginx::Nginx;
use crate::peak_mib;
use crate::support::Server;
use crate::wire::{self, Noise};

const ROUNDS: usize = 5;

/// Bytes of a part that is asked for.
const RANGE: usize = 1 << 20;

/// Sends and fetches a file of `mib` MiB, and says how long that takes beside nginx and `cp`.
pub(crate) fn measure(mib: usize, put: bool, download: bool) {
    let length = mib << 20;
    let server = Server::start();
    let folder = server.data_dir().parent().expect("the data folder lies in a folder").to_owned();
    let nginx = Nginx::start(&folder);
    let source = tempfile::NamedTempFile::new_in(&folder).expect("a file can be made");
    if put {
        upload_in_turn(&server, nginx.as_ref(), source.as_file(), source.path(), length);
    }
    if download {
        write_noise(source.as_file(), ROUNDS as u64, length);
        let asset = upload(&server, source.path(), length);
        wait_for_job(&server, &asset);
        if let Some(nginx) = &nginx {
            put_to(&nginx.address, "/noise.wav", source.path(), length);
        }
        let url = asset["url"].as_str().expect("the asset has a URL");
        let path = &url[url.find("/files/").expect("it is ours")..];
        fetch(&server, nginx.as_ref(), path, length);
    }
}

/// Each round begins with another one, and what was sent is deleted: on a virtual machine, who first uses memory that
/// no file had before waits for it.
fn upload_in_turn(server: &Server, nginx: Option<&Nginx>, source: &File, path: &Path, length: usize) {
    let folder = path.parent().expect("a file lies in a folder");
    let [mut ours, mut theirs, mut copied] = [Duration::MAX; 3];
    for round in 0..ROUNDS {
        write_noise(source, round as u64, length);
        for turn in 0..3 {
            settle(folder);
            let start = Instant::now();
            match (round + turn) % 3 {
                0 => {
                    let asset = upload(server, path, length);
                    ours = ours.min(start.elapsed());
                    wait_for_job(server, &asset);
                    server.delete(&format!("/v3/assets/{}", id_of(&asset)));
                }
                1 => {
                    let Some(nginx) = nginx else { continue };
                    put_to(&nginx.address, "/noise.wav", path, length);
                    theirs = theirs.min(start.elapsed());
                    nginx.remove("noise.wav");
                }
                _ => {
                    copy_and_sum(path);
                    copied = copied.min(start.elapsed());
                }
            }
        }
    }
    let [ours, theirs, copied] = [ours, theirs, copied].map(|time| time.as_secs_f64());
    println!("PUT of {} MiB, best of {ROUNDS}, with SHA-256 and fsync: {ours:.2} s", length >> 20);
    if nginx.is_some() {
        println!("  nginx DAV, neither of both      {theirs:.2} s: {:.2} of its speed", theirs / ours);
    }
    println!("  cp, sync and sha256sum          {copied:.2} s: {:.2} times its speed", copied / ours);
    println!("  peak memory of the server       {:.0} MiB", peak_mib(server));
}

fn fetch(server: &Server, nginx: Option<&Nginx>, path: &str, length: usize) {
    let ours = best(|| assert_eq!(wire::get(server.address(), path, None), (200, length)));
    println!("GET of {} MiB, best of {ROUNDS}: {:.2} s", length >> 20, ours.as_secs_f64());
    let pieces = 1000.min(length / RANGE);
    let in_pieces = |address: &str, path: &str| {
        for piece in 0..pieces {
            let from = (piece * 7919 % (length / RANGE)) * RANGE;
            assert_eq!(wire::get(address, path, Some((from, from + RANGE - 1))), (206, RANGE));
        }
    };
    let our_pieces = best(|| in_pieces(server.address(), path));
    if let Some(nginx) = nginx {
        let theirs = best(|| assert_eq!(wire::get(&nginx.address, "/noise.wav", None), (200, length)));
        let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
        println!("  nginx sendfile                  {:.2} s: {ratio:.2} of its speed", theirs.as_secs_f64());
        let their_pieces = best(|| in_pieces(&nginx.address, "/noise.wav"));
        let ratio = their_pieces.as_secs_f64() / our_pieces.as_secs_f64();
        println!("{pieces} ranges of 1 MiB: {:.2} s", our_pieces.as_secs_f64());
        println!(
            "  nginx sendfile                  {:.2} s: {ratio:.2} of its speed",
            their_pieces.as_secs_f64()
        );
    }
}

/// Announces, sends and completes a file.
fn upload(server: &Server, source: &Path, length: usize) -> Value {
    let ticket = server.announce("noise.wav", "audio/wav", length);
    let url = ticket["upload_url"].as_str().expect("the ticket has a URL");
    let path = &url[url.find("/uploads/").expect("it is ours")..];
    put_to(server.address(), path, source, length);
    let id = ticket["asset_id"].as_str().expect("the ticket has an id");
    server.post(&format!("/v3/assets/{id}/complete"), &json!({})).data()
}

/// Waits until the file was looked into, which is not what is measured.
fn wait_for_job(server: &Server, asset: &Value) {
    let id = id_of(asset);
    while server.get(&format!("/v3/assets/{id}")).data()["metadata"]["status"] == "pending" {
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn id_of(asset: &Value) -> &str {
    asset["id"].as_str().or(asset["asset_id"].as_str()).expect("the asset has an id")
}

fn put_to(address: &str, path: &str, source: &Path, length: usize) {
    let head = format!(
        "PUT {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: audio/wav\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n"
    );
    let mut body = File::open(source).expect("the file is there");
    let (status, answer) = wire::send(address, &head, &mut body, length);
    assert!((200..300).contains(&status), "{status}: {}", String::from_utf8_lossy(&answer));
}

fn write_noise(file: &File, seed: u64, length: usize) {
    let mut noise = Noise::new(seed, length);
    let mut block = vec![0; 1 << 20];
    file.set_len(0).expect("the file can be emptied");
    let mut writer = BufWriter::new(file.try_clone().expect("a handle"));
    std::io::Seek::rewind(&mut writer).expect("a file can be rewound");
    for _ in 0..length >> 20 {
        noise.fill(&mut block);
        writer.write_all(&block).expect("the disk has room");
    }
    writer.flush().expect("the disk has room");
}

/// Waits until all is on the disk: otherwise the next who syncs a file pays for what others left to be written.
fn settle(folder: &Path) {
    assert!(Command::new("sync").arg("--file-system").arg(folder).status().expect("sync runs").success());
}

fn copy_and_sum(source: &Path) {
    let copy = source.with_extension("copy");
    let sum = "cp \"$1\" \"$2\" && sync \"$2\" && sha256sum \"$2\" && rm \"$2\"";
    let done =
        Command::new("sh").args(["-c", sum, "sh"]).args([source, &copy]).stdout(Stdio::null()).status();
    assert!(done.expect("sh runs").success());
}

fn best(mut round: impl FnMut()) -> Duration {
    let rounds = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        round();
        start.elapsed()
    });
    rounds.min().expect("there are rounds")
}
