//! A workspace with very many assets.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::measures::percentile_ms;
use crate::support::Server;

const REQUESTS: usize = 2000;

/// Copies the one asset there is, a second apart, into a table of many; columns come as they are.
const COPY: &str = r#"
import datetime, os, sqlite3, sys
file, count = sys.argv[1], int(sys.argv[2])
db = sqlite3.connect(file)
names = [row[1] for row in db.execute("PRAGMA table_info(assets)")]
first = dict(zip(names, db.execute("SELECT * FROM assets").fetchone()))
start = datetime.datetime.fromisoformat(first["created_at"])
def rows():
    for number in range(1, count):
        at = (start - datetime.timedelta(seconds=number)).isoformat(timespec="microseconds")
        row = dict(first, id=os.urandom(16), created_at=at, name=f"picture {number}.srt")
        yield [row[name] for name in names]
db.executemany(f"INSERT INTO assets VALUES ({','.join('?' * len(names))})", rows())
db.commit()
"#;

/// Lists and looks up assets among a thousand and among `many`.
pub(crate) fn measure(many: usize) {
    for count in [1000, many] {
        let mut server = Server::start();
        let first = server.upload("words.srt", b"1\n00:00:01,000 --> 00:00:02,000\nHello\n").data();
        let first = first["asset_id"].as_str().expect("the upload has an id");
        // Copies of an asset whose job has not run would all get jobs.
        while server.get(&format!("/v3/assets/{first}")).data()["metadata"]["status"] == "pending" {
            std::thread::sleep(Duration::from_millis(50));
        }
        server.terminate();
        let file = server.data_dir().join("rostrum.db");
        let copied = Command::new("python3").args(["-c", COPY]).arg(&file).arg(count.to_string()).status();
        assert!(copied.expect("python3 is installed").success());
        let start = Instant::now();
        server.restart();
        println!("{count} assets (start {:.1} s):", start.elapsed().as_secs_f64());

        let owner = server.get(&format!("/v3/assets/{first}")).data()["owner"].clone();
        let list = format!("/v3/assets?limit=100&username={}", owner.as_str().expect("assets have owners"));
        let (mut ids, mut token) = (Vec::new(), String::new());
        let mut listing = Vec::new();
        for _ in 0..REQUESTS {
            let start = Instant::now();
            let next = if token.is_empty() { String::new() } else { format!("&token={token}") };
            let page = server.get(&format!("{list}{next}"));
            listing.push(start.elapsed());
            assert_eq!(page.status, 200, "{}", String::from_utf8_lossy(&page.bytes));
            let page = page.json();
            let data = page["data"].as_array().expect("a page");
            ids.extend(data.iter().filter_map(|asset| asset["id"].as_str().map(str::to_owned)));
            page["next_token"].as_str().unwrap_or("").clone_into(&mut token);
        }
        report("a page of 100, one after the other", &mut listing);
        let mut getting = Vec::new();
        for number in 0..REQUESTS {
            let id = &ids[number * 7919 % ids.len()];
            let start = Instant::now();
            assert_eq!(server.get(&format!("/v3/assets/{id}")).status, 200);
            getting.push(start.elapsed());
        }
        report("one asset", &mut getting);
    }
}

fn report(what: &str, times: &mut [Duration]) {
    let (half, most) = (percentile_ms(times, 0.5), percentile_ms(times, 0.99));
    println!("  {what:36} p50 {half:.2} ms, p99 {most:.2} ms");
}
