//! nginx with its DAV module, to compare with.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A running nginx that takes `PUT` and serves by `sendfile`.
pub(crate) struct Nginx {
    child: Child,
    /// Host and port.
    pub(crate) address: String,
    folder: TempDir,
}

impl Nginx {
    /// Starts it with its folder in `parent`; `None`, said loudly, where it is not installed.
    pub(crate) fn start(parent: &Path) -> Option<Self> {
        let folder = tempfile::tempdir_in(parent).expect("a folder can be made");
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port");
        let root = folder.path().display();
        let user = if nix_is_root() { "user root;" } else { "" };
        let config = format!(
            "daemon off; {user} worker_processes 2; pid {root}/pid; error_log {root}/errors;\n\
             events {{}}\n\
             http {{ access_log off; sendfile on; tcp_nopush on; client_max_body_size 0;\n\
               client_body_temp_path {root}/incoming; proxy_temp_path {root}/p; fastcgi_temp_path {root}/f;\n\
               uwsgi_temp_path {root}/u; scgi_temp_path {root}/s;\n\
               server {{ listen {port}; root {root}/files;\n\
                 location / {{ dav_methods PUT; create_full_put_path on; }} }} }}\n"
        );
        fs::create_dir(folder.path().join("files")).expect("a folder can be made");
        let path = folder.path().join("nginx.conf");
        fs::write(&path, config).expect("a file can be written");
        let started = Command::new("nginx").arg("-c").arg(&path).stderr(Stdio::null()).spawn();
        let Ok(child) = started else {
            println!("NOT COMPARED with nginx: it is not installed (Debian: nginx-extras)");
            return None;
        };
        let nginx = Self { child, address: port.to_string(), folder };
        let start = Instant::now();
        while TcpStream::connect(&nginx.address).is_err() {
            if start.elapsed() > Duration::from_secs(5) {
                let errors = fs::read_to_string(nginx.folder.path().join("errors")).unwrap_or_default();
                println!("NOT COMPARED with nginx: it does not start (needs nginx-extras): {errors}");
                return None;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(nginx)
    }

    /// Removes a file that was sent.
    pub(crate) fn remove(&self, name: &str) {
        fs::remove_file(self.folder.path().join("files").join(name)).expect("it was sent");
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // The master asks its workers to end when it is asked to.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// Whether this program runs as root; nginx gives up root otherwise and cannot write into our folder then.
fn nix_is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}
