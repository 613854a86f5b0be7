//! `rostrum certificate`.

use std::path::Path;

use rostrum_model::clock::Clock as _;

use crate::system::SystemClock;
use crate::tls;

/// Where programs with HeyGen's address built in send their requests.
const HEYGEN_HOSTS: [&str; 2] = ["api.heygen.com", "upload.heygen.com"];

/// Makes a certificate for hosts, HeyGen's when none is named, and tells what to do with it.
pub(crate) fn run(folder: &Path, hosts: &[String]) -> anyhow::Result<()> {
    let usual = || HEYGEN_HOSTS.map(str::to_owned).to_vec();
    let hosts = if hosts.is_empty() { usual() } else { hosts.to_vec() };
    tls::make(&hosts, SystemClock.now(), folder)?;
    let folder = folder.canonicalize()?;
    let at = |name: &str| folder.join(name).display().to_string();
    println!("Serve with it:");
    println!("  ROSTRUM_TLS_CERTIFICATE={} \\", at(tls::CERTIFICATE));
    println!("  ROSTRUM_TLS_KEY={} rostrum serve --listen 0.0.0.0:443", at(tls::KEY));
    println!("On machines with clients, lead the hosts here, in /etc/hosts:");
    println!("  127.0.0.1 {}", hosts.join(" "));
    println!("and have them trust {}, which vouches for these hosts only:", at(tls::AUTHORITY));
    println!("  Node.js            NODE_EXTRA_CA_CERTS={}", at(tls::AUTHORITY));
    println!("  Python, Go         SSL_CERT_FILE={}", at(tls::AUTHORITY));
    println!("  requests, curl     REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE likewise");
    println!(
        "  all of Debian      copy it to /usr/local/share/ca-certificates/rostrum.crt; update-ca-certificates"
    );
    Ok(())
}
