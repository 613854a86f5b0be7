//! Many uploads at once.

use std::io::Read;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crate::peak_mib;
use crate::support::{MULTIPART, Server, multipart};
use crate::wire::{self, Noise};

const CLIENTS: usize = 200;

/// What `POST /v3/assets` takes at most, less some room for the form around it.
const LENGTH: usize = (32 << 20) - 4096;

/// 200 clients send 32 MB each at once.
pub(crate) fn measure() {
    let server = Server::start();
    let before = peak_mib(&server);
    let failed = AtomicUsize::new(0);
    let start = Instant::now();
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (server, failed) = (&server, &failed);
            scope.spawn(move || {
                let mut body = Body::new(client as u64 + 1);
                let (address, length) = (server.address(), body.length());
                let head = format!(
                    "POST /v3/assets HTTP/1.1\r\nHost: {address}\r\nX-Api-Key: {}\r\nContent-Type: {MULTIPART}\r\n\
                     Content-Length: {length}\r\nConnection: close\r\n\r\n",
                    server.key
                );
                let (status, _) = wire::send(address, &head, &mut body, length);
                failed.fetch_add(usize::from(status != 200), Ordering::Relaxed);
            });
        }
    });
    let took = start.elapsed().as_secs_f64();
    println!(
        "{CLIENTS} multipart uploads of 32 MB at once: {took:.1} s ({:.0} MiB/s), {} failed",
        (CLIENTS * LENGTH) as f64 / took / f64::from(1 << 20),
        failed.into_inner()
    );
    println!("  peak memory of the server       {:.0} MiB ({before:.0} MiB before)", peak_mib(&server));
}

/// A form with a file of noise, made while it is read.
struct Body {
    noise: Noise,
    form: (Vec<u8>, Vec<u8>),
    position: usize,
}

impl Body {
    fn new(seed: u64) -> Self {
        let mut around = multipart("file", "noise.wav", b"");
        let behind = around.split_off(around.len() - b"\r\n------rostrum-test--\r\n".len());
        Self { noise: Noise::new(seed, LENGTH), form: (around, behind), position: 0 }
    }

    fn length(&self) -> usize {
        self.form.0.len() + LENGTH + self.form.1.len()
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let before = self.form.0.len();
        let read = if self.position < before {
            (&self.form.0[self.position..]).read(buffer)?
        } else if self.position < before + LENGTH {
            let size = buffer.len().min(before + LENGTH - self.position);
            self.noise.fill(&mut buffer[..size]);
            size
        } else {
            (&self.form.1[self.position - before - LENGTH..]).read(buffer)?
        };
        self.position += read;
        Ok(read)
    }
}
