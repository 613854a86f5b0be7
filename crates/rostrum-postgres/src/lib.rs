//! A private Postgres server, for as long as the tests run. For tests only.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Starts a server below `$1` and says so; stops it and removes the folder when standard input closes, which the
/// system does for us however the tests end.
const SUPERVISOR: &str = r#"
set -eu
trap : INT TERM HUP
cd "$1"
initdb --pgdata=data --username=rostrum --auth=trust --encoding=UTF8 --locale=C --no-sync >log 2>&1 || { cat log; exit 1; }
pg_ctl start --wait --pgdata=data --log=log \
    --options="-c listen_addresses='' -c unix_socket_directories='$1' -c fsync=off" >start.log 2>&1 || { cat log; exit 1; }
echo ready
read -r _ || true
pg_ctl stop --pgdata=data --mode=immediate >/dev/null 2>&1 || true
cd /
rm -rf "$1"
"#;

/// The user `nobody` on every Linux: Postgres refuses to run as root.
const NOBODY: u32 = 65_534;

/// A running server.
pub struct Server {
    folder: PathBuf,
    /// Where its programs and those of its clients are.
    path: String,
    databases: AtomicU32,
    /// Holds the pipe whose end stops the server.
    _supervisor: Child,
}

/// The server of this test run, started when first asked for. Its programs are looked for in `path`, as `PATH` has it, and where
/// Debian puts them.
pub fn server(path: &str) -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start(path))
}

impl Server {
    fn start(path: &str) -> Self {
        let programs = programs(path).expect(
            "no Postgres programs (initdb, pg_ctl) on PATH or in /usr/lib/postgresql/*/bin: run ./dev setup, or set \
             ROSTRUM_SKIP_POSTGRES=1 to test on SQLite alone",
        );
        let folder = tempfile::Builder::new().prefix("rostrum-postgres-").tempdir().unwrap().keep();
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o700)).unwrap();
        let root =
            std::fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0);
        let mut command = if root {
            chown(&folder, Some(NOBODY), Some(NOBODY)).unwrap();
            let mut as_nobody = Command::new("setpriv");
            as_nobody.args([format!("--reuid={NOBODY}"), format!("--regid={NOBODY}")]);
            as_nobody.args(["--clear-groups", "sh"]);
            as_nobody
        } else {
            Command::new("sh")
        };
        let path = format!("{}:{path}", programs.display());
        let mut supervisor = command
            .args(["-c", SUPERVISOR, "sh"])
            .arg(&folder)
            .env("PATH", &path)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(supervisor.stdout.take().unwrap());
        let mut first = String::new();
        said.read_line(&mut first).unwrap();
        if first.trim() != "ready" {
            said.read_to_string(&mut first).unwrap();
            panic!("Postgres did not start: {first}");
        }
        Self { folder, path, databases: AtomicU32::new(0), _supervisor: supervisor }
    }

    /// Makes an empty database; gives its URL.
    pub fn create_database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.run(&self.url("postgres"), &format!("CREATE DATABASE {name}"));
        self.url(&name)
    }

    /// Runs a statement of SQL on the database of a URL.
    pub fn run(&self, url: &str, statement: &str) {
        let done = Command::new("psql")
            .args([
                "--no-psqlrc",
                "--quiet",
                "--set=ON_ERROR_STOP=1",
                "--dbname",
                url,
                "--command",
                statement,
            ])
            .env("PATH", &self.path)
            .output()
            .expect("psql is needed: run ./dev setup");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://rostrum@localhost/{database}?host={}", self.folder.display())
    }
}

/// The folder with the server's programs: Debian keeps them off the `PATH`.
fn programs(path: &str) -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    std::env::split_paths(path)
        .chain(debian.map(|version| version.path().join("bin")))
        .find(|folder| ["initdb", "pg_ctl"].iter().all(|name| is_file(&folder.join(name))))
}

fn is_file(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file())
}
