//! `cargo bench -p rostrum --bench accept`: how soon requests are answered at a fixed rate, what an idle server takes of memory, and how
//! soon one is there after its start, with SQLite and with Postgres. Videos are accepted only: those in work wait for an engine that
//! never answers.
#![expect(clippy::disallowed_methods, reason = "a bench measures wall time")]

#[path = "measures/mod.rs"]
mod measures;
#[path = "../tests/support/mod.rs"]
mod support;

use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use measures::{memory_mib, percentile_ms};
use serde_json::{Value, json};
use support::{Server, script_video};

/// Requests a second, all clients together.
const RATE: usize = 200;
const SECONDS: usize = 20;
const CLIENTS: usize = 16;
/// Starts of which the median is told.
const STARTS: usize = 5;

fn main() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let engine = format!("{{url=\"http://{}\", timeout_s=3600}}", silent.local_addr().expect("it is bound"));
    let settings = [("ROSTRUM_MAX_UNFINISHED_VIDEOS", "0".to_owned()), ("ROSTRUM_AVATAR_ENGINE", engine)];
    measure("SQLite", Server::start_with(&settings));
    measure("Postgres", Server::start_on_postgres(&settings));
}

fn measure(database: &str, mut server: Server) {
    println!("{database}");
    let mut starts: Vec<Duration> = (0..STARTS)
        .map(|_| {
            server.kill();
            let start = Instant::now();
            server.restart();
            assert_eq!(server.get("/ready").status, 200);
            start.elapsed()
        })
        .collect();
    starts.sort_unstable();
    println!("  from start to the first answer: {:.0} ms", starts[STARTS / 2].as_secs_f64() * 1e3);
    println!("  memory of the idle server: {:.0} MiB", memory_mib(server.pid(), "VmRSS"));
    let image = server.upload_fixture("portraits/astronaut.png");
    let body = script_video(&image, "Accepted.");
    // The first ones load what looks at portraits, and fill the places of videos in work.
    let [video, ..] = [0; 4].map(|_| server.create_video(&body));
    let gets = paced(&server, &|server| server.get(&format!("/v3/videos/{video}")).status);
    report("GET /v3/videos/{video_id}", gets);
    let small = json!({"type": "avatar", "avatar_id": "josh_lite3_20230714", "script": "Accepted."});
    report("POST /v3/videos of a presenter", posts(&server, &small));
    report("POST /v3/videos of a photo", posts(&server, &body));
    let lists = paced(&server, &|server| server.get("/v3/videos?limit=100").status);
    report("GET /v3/videos?limit=100", lists);
    println!("  memory with {} videos: {:.0} MiB", 4 + 2 * RATE * SECONDS, memory_mib(server.pid(), "VmRSS"));
}

fn posts(server: &Server, body: &Value) -> Vec<Duration> {
    paced(server, &|server| server.post("/v3/videos", body).status)
}

/// Sends requests at the rate; gives how long after the moment in which it was due each was answered.
fn paced(server: &Server, request: &(dyn Fn(&Server) -> u16 + Sync)) -> Vec<Duration> {
    let next = AtomicUsize::new(0);
    let start = Instant::now();
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                scope.spawn(|| {
                    let mut times = Vec::new();
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= RATE * SECONDS {
                            return times;
                        }
                        let due = start + Duration::from_secs(1).mul_f64(number as f64 / RATE as f64);
                        std::thread::sleep(due.saturating_duration_since(Instant::now()));
                        assert_eq!(request(server), 200);
                        times.push(due.elapsed());
                    }
                })
            })
            .collect();
        clients.into_iter().flat_map(|client| client.join().expect("a client")).collect()
    })
}

fn report(what: &str, mut times: Vec<Duration>) {
    let [half, most, all] = [0.5, 0.99, 1.0].map(|share| percentile_ms(&mut times, share));
    println!("  {what} at {RATE}/s: p50 {half:.1} ms, p99 {most:.1} ms, slowest {all:.1} ms");
}
