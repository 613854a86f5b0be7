//! Slow clients must not be in the way of quick ones.

use std::io::{ErrorKind, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::measures::percentile_ms;
use crate::peak_mib;
use crate::support::{MULTIPART, Server};

const SLOW_CLIENTS: usize = 1000;
const SECONDS: usize = 60;
/// Bytes that a slow client sends each second.
const TRICKLE: usize = 1024;
/// Small uploads each second, all quick clients together.
const RATE: usize = 100;
const QUICK_CLIENTS: usize = 10;

/// 1,000 clients send 1 KB a second for a minute, while others upload small files.
pub(crate) fn measure() {
    let server = Server::start();
    let alone = quick_uploads(&server, &AtomicBool::new(false), RATE * 5);
    report("alone", alone);

    let length = TRICKLE * (SECONDS + 1);
    let head = format!(
        "POST /v3/assets HTTP/1.1\r\nHost: {}\r\nX-Api-Key: {}\r\nContent-Type: {MULTIPART}\r\nContent-Length: {length}\
         \r\n\r\n",
        server.address(),
        server.key
    );
    let mut slow: Vec<TcpStream> = (0..SLOW_CLIENTS)
        .map(|_| {
            let mut connection = TcpStream::connect(server.address()).expect("the server listens");
            connection.write_all(head.as_bytes()).expect("the server reads");
            connection.set_nonblocking(true).expect("a socket can be told");
            connection
        })
        .collect();
    let (over, cut_off) = (AtomicBool::new(false), AtomicUsize::new(0));
    let beside = std::thread::scope(|scope| {
        scope.spawn(|| {
            let start = Instant::now();
            for second in 1..=SECONDS {
                for connection in &mut slow {
                    match connection.write(&[b'x'; TRICKLE]) {
                        Ok(TRICKLE) => {}
                        Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                        _ => _ = cut_off.fetch_add(1, Ordering::Relaxed),
                    }
                }
                let due = Duration::from_secs(second as u64);
                std::thread::sleep(due.saturating_sub(start.elapsed()));
            }
            over.store(true, Ordering::Relaxed);
        });
        quick_uploads(&server, &over, usize::MAX)
    });
    report(&format!("beside {SLOW_CLIENTS} slow clients for {SECONDS} s"), beside);
    println!("  slow clients cut off            {}", cut_off.into_inner());
    println!("  peak memory of the server       {:.0} MiB", peak_mib(&server));
}

/// Uploads small files at a steady rate until it is over; gives the time of each, and how many failed.
fn quick_uploads(server: &Server, over: &AtomicBool, most: usize) -> (Vec<Duration>, usize) {
    let (times, failed) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
    let (begun, start) = (AtomicUsize::new(0), Instant::now());
    std::thread::scope(|scope| {
        for _ in 0..QUICK_CLIENTS {
            scope.spawn(|| {
                loop {
                    let number = begun.fetch_add(1, Ordering::Relaxed);
                    if number >= most || over.load(Ordering::Relaxed) {
                        return;
                    }
                    // Counted from when it should have begun, so that waiting for one's turn is not left out.
                    let due = Duration::from_secs_f64(number as f64 / RATE as f64);
                    std::thread::sleep(due.saturating_sub(start.elapsed()));
                    let captions = format!("1\n00:00:01,000 --> 00:00:02,000\nNumber {number} {most}\n");
                    let answer = server.upload("words.srt", captions.as_bytes());
                    let took = start.elapsed().saturating_sub(due);
                    failed.fetch_add(usize::from(answer.status != 200), Ordering::Relaxed);
                    times.lock().expect("no client panicked").push(took);
                }
            });
        }
    });
    (times.into_inner().expect("no client panicked"), failed.into_inner())
}

fn report(when: &str, (mut times, failed): (Vec<Duration>, usize)) {
    println!("{} small uploads at {RATE} a second, {when}: {failed} failed", times.len());
    let (half, most) = (percentile_ms(&mut times, 0.5), percentile_ms(&mut times, 0.99));
    println!("  p50 {half:.1} ms, p99 {most:.1} ms");
}
