//! What may be fetched, how much of it and how slowly.

use std::net::IpAddr;
use std::time::Duration;

use super::address::{NonPublic, require_public};
use super::network::Network;

/// The limits of [`super::Fetcher`]. The default is what a server that strangers can reach should have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchSettings {
    /// Whether `http:` is taken besides `https:`.
    pub allow_http: bool,
    /// Networks that are not public but may be fetched from: an operator's own storage.
    pub allowed_networks: Vec<Network>,
    /// The ports that may be connected to.
    pub allowed_ports: Vec<u16>,
    /// The longest body, in bytes as they come over the wire.
    pub max_bytes: u64,
    /// For resolving a name, and again for connecting, encryption included; at each redirect anew.
    pub connect_timeout: Duration,
    /// From the connection to the end of the headers; at each redirect anew.
    pub header_timeout: Duration,
    /// From the call to the last byte, whoever is slow.
    pub total_timeout: Duration,
    /// The least average rate within each window but the first. The time in which nobody asks for bytes does not count.
    pub min_bytes_per_s: u64,
    /// The length of a window over which the rate is averaged; also the time of grace at the start of a body.
    pub rate_window: Duration,
}

impl Default for FetchSettings {
    fn default() -> Self {
        Self {
            allow_http: false,
            allowed_networks: Vec::new(),
            allowed_ports: vec![80, 443],
            max_bytes: 32 * 1024 * 1024,
            connect_timeout: Duration::from_secs(5),
            header_timeout: Duration::from_secs(10),
            total_timeout: Duration::from_mins(2),
            min_bytes_per_s: 16 * 1024,
            rate_window: Duration::from_secs(10),
        }
    }
}

impl FetchSettings {
    /// Takes addresses that are public or in an allowed network.
    pub(super) fn require_allowed(&self, address: IpAddr) -> Result<(), NonPublic> {
        if self.allowed_networks.iter().any(|network| network.contains(address)) {
            return Ok(());
        }
        require_public(address)
    }
}
