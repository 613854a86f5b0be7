//! Names of hosts to addresses.

use std::io;
use std::net::IpAddr;

use async_trait::async_trait;

/// Resolves the names of hosts; the answers are not trusted.
#[async_trait]
pub trait Names: Send + Sync {
    /// All addresses of a name, at least one.
    ///
    /// # Errors
    /// When there is none, or none can be had now.
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The resolver of the operating system.
#[derive(Debug, Clone, Copy)]
pub struct SystemNames;

#[async_trait]
impl Names for SystemNames {
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
    }
}
