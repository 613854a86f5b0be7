//! What every handler can reach.

use std::sync::Arc;

use axum::http::HeaderValue;
use rostrum_app::App;

use crate::RequestRates;

/// Settings of the HTTP layer.
#[derive(Debug, Default)]
pub struct HttpOptions {
    /// Scheme and authority clients reach this server by, e.g. `https://video.example.org`; when absent, file URLs
    /// use the host each request was sent to.
    pub public_url: Option<String>,
    /// Pages that may use the API from browsers, as `scheme://host:port`.
    pub cors_origins: Vec<HeaderValue>,
    /// Whether requests are refused that HeyGen's API tolerates although they are most likely mistakes: the body of a key's
    /// second request that differs from that of the first.
    pub strict: bool,
    /// How many requests a key may send; any number when not set.
    pub rates: Option<RequestRates>,
}

/// Renders the metrics in Prometheus' text format.
pub type MetricsText = Arc<dyn Fn() -> String + Send + Sync>;

/// Shared by all handlers.
#[derive(Clone)]
pub struct HttpState {
    /// The product.
    pub app: App,
    /// Settings.
    pub options: Arc<HttpOptions>,
    /// The metrics page.
    pub metrics: MetricsText,
}
