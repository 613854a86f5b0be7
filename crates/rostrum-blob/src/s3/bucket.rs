//! The bucket: objects below a prefix, and the requests that `object_store` has no call for.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures::stream::BoxStream;
use http::{HeaderName, HeaderValue, Method};
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::client::{HttpClient, HttpConnector, HttpRequest, HttpRequestBody, ReqwestConnector};
use object_store::path::Path;
use object_store::signer::{SignedUrlOptions, Signer};
use object_store::{ClientOptions, ObjectMeta, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig};
use rostrum_model::clock::Chance;
use tokio::sync::Semaphore;
use url::Url;

use super::error::{because, during, present};
use crate::error::BlobError;

/// How long the store may stay silent. A part of 8 MiB has to be sent in this time.
const SILENCE: Duration = Duration::from_mins(2);

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How often a failed request is sent again.
const RETRIES: usize = 5;

/// How long after the first try of a request it is still sent again.
const RETRY_TIME: Duration = Duration::from_mins(1);

/// Parts in memory at once, for all writers together: 64 MiB.
const PARTS_IN_MEMORY: usize = 8;

/// How long our own signed requests are good for.
const REQUEST_LIFETIME: Duration = Duration::from_mins(5);

/// Where the bucket is.
#[derive(Debug, Clone, Default)]
pub struct S3Settings {
    /// `s3://BUCKET` or `s3://BUCKET/PREFIX`.
    pub url: String,
    /// Scheme, host and port of the server, for others than AWS. `http:` is taken as it is written.
    pub endpoint: Option<String>,
    /// Region; `us-east-1` when nothing names one.
    pub region: Option<String>,
    /// Whether the bucket is the first part of the path, not of the host.
    pub path_style: bool,
    /// Whether clients may send bytes to the bucket themselves ([`crate::Blobs::direct`]).
    pub direct_uploads: bool,
    /// Credentials and all else, by the names of the AWS command line (`AWS_ACCESS_KEY_ID`); unknown names are left out.
    pub variables: Vec<(String, String)>,
}

/// The objects below the prefix of a bucket.
pub(super) struct Bucket {
    pub store: AmazonS3,
    pub name: String,
    pub region: String,
    /// Empty, or ends with a slash.
    pub prefix: String,
    pub spool_dir: PathBuf,
    /// Held while a part is in memory.
    pub parts_in_memory: Arc<Semaphore>,
    http: HttpClient,
    /// Tells our temporary names from those of others.
    session: String,
    next_temporary: AtomicU64,
}

impl Bucket {
    pub(super) fn open(
        settings: &S3Settings,
        spool_dir: PathBuf,
        chance: &dyn Chance,
    ) -> Result<Self, BlobError> {
        let action = "read the settings of the bucket";
        let (name, prefix) = bucket_and_prefix(&settings.url).map_err(because(action))?;
        let mut builder = AmazonS3Builder::new().with_virtual_hosted_style_request(!settings.path_style);
        let mut region = "us-east-1".to_owned();
        for (variable, value) in &settings.variables {
            if let Ok(key) = AmazonS3ConfigKey::from_str(&variable.to_ascii_lowercase()) {
                if matches!(key, AmazonS3ConfigKey::Region | AmazonS3ConfigKey::DefaultRegion) {
                    region.clone_from(value);
                }
                builder = builder.with_config(key, value);
            }
        }
        if let Some(given) = &settings.region {
            region.clone_from(given);
        }
        let mut options = ClientOptions::new()
            .with_timeout_disabled()
            .with_connect_timeout(CONNECT_TIMEOUT)
            .with_read_timeout(SILENCE);
        if let Some(endpoint) = &settings.endpoint {
            options = options.with_allow_http(endpoint.starts_with("http:"));
            builder = builder.with_endpoint(endpoint.trim_end_matches('/'));
        }
        // Fails when the process has a provider already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = ReqwestConnector::default().connect(&options).map_err(during(action))?;
        let retry = RetryConfig { max_retries: RETRIES, retry_timeout: RETRY_TIME, ..RetryConfig::default() };
        let store = builder
            .with_bucket_name(&name)
            .with_region(&region)
            .with_client_options(options)
            .with_retry(retry)
            .build()
            .map_err(during(action))?;
        let mut session = [0; 8];
        chance.fill(&mut session);
        Ok(Self {
            store,
            name,
            region,
            prefix,
            spool_dir,
            parts_in_memory: Arc::new(Semaphore::new(PARTS_IN_MEMORY)),
            http,
            session: format!("{:016x}", u64::from_be_bytes(session)),
            next_temporary: AtomicU64::new(0),
        })
    }

    /// The object named `below` the prefix.
    pub(super) fn path(&self, below: &str) -> Path {
        Path::from(format!("{}{below}", self.prefix))
    }

    /// The name of an object below the prefix.
    pub(super) fn below<'a>(&self, path: &'a Path) -> Option<&'a str> {
        path.as_ref().strip_prefix(&self.prefix)
    }

    /// A name that nobody else uses.
    pub(super) fn new_temporary(&self) -> String {
        let number = self.next_temporary.fetch_add(1, Ordering::Relaxed);
        format!("temporary/{}-{number}", self.session)
    }

    pub(super) async fn put(&self, below: &str, bytes: impl Into<Bytes>) -> Result<(), BlobError> {
        let payload = PutPayload::from_bytes(bytes.into());
        self.store.put(&self.path(below), payload).await.map_err(during("store bytes"))?;
        Ok(())
    }

    pub(super) async fn head(&self, below: &str) -> Result<Option<ObjectMeta>, BlobError> {
        present(self.store.head(&self.path(below)).await).map_err(during("look at a stored object"))
    }

    /// Removes an object, which need not be there.
    pub(super) async fn delete(&self, below: &str) -> Result<(), BlobError> {
        let deleted = present(self.store.delete(&self.path(below)).await);
        deleted.map(drop).map_err(during("delete a stored object"))
    }

    /// The objects of a folder, sorted by name.
    pub(super) fn list(&self, folder: &str) -> BoxStream<'static, object_store::Result<ObjectMeta>> {
        self.store.list(Some(&self.path(folder)))
    }

    /// The URL of an object, or of the bucket, without permission.
    pub(super) async fn url(&self, path: &Path) -> Result<Url, BlobError> {
        let action = "make the URL of a stored object";
        let signed = self.store.signed_url(Method::GET, path, REQUEST_LIFETIME).await;
        let mut url = signed.map_err(during(action))?;
        url.set_query(None);
        Ok(url)
    }

    /// Sends a request that may be repeated; gives the body of the answer.
    pub(super) async fn request(
        &self,
        action: &'static str,
        method: Method,
        path: &Path,
        query: &[(&str, String)],
        headers: &[(HeaderName, String)],
    ) -> Result<String, BlobError> {
        let mut options =
            SignedUrlOptions::new().with_query(query.iter().map(|(name, value)| (*name, value.clone())));
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).map_err(because(action))?;
            options = options.with_signed_header(name.clone(), value);
        }
        let mut tries = 0;
        loop {
            tries += 1;
            let signed = self.store.signed_url_opts(method.clone(), path, REQUEST_LIFETIME, &options).await;
            let url = signed.map_err(during(action))?;
            let mut request = HttpRequest::new(HttpRequestBody::empty());
            *request.method_mut() = method.clone();
            *request.uri_mut() = url.as_str().parse().map_err(because(action))?;
            request.headers_mut().clone_from(&options.signed_headers);
            let answer = match self.http.execute(request).await {
                Ok(response) => {
                    let status = response.status();
                    response.into_body().bytes().await.map(|body| (status, body))
                }
                Err(error) => Err(error),
            };
            match answer {
                Ok((status, body)) => {
                    let body = String::from_utf8_lossy(&body).into_owned();
                    // Copying can fail behind a 200.
                    if status.is_success() && !body.contains("<Error>") {
                        return Ok(body);
                    }
                    let may_pass = status.is_server_error() || status.is_success() || status == 429;
                    if !may_pass || tries > RETRIES {
                        return Err(because(action)(format!("the store answered {status}: {body}")));
                    }
                }
                Err(error) if tries > RETRIES => return Err(because(action)(error)),
                Err(_) => {}
            }
            // Each wait is twice as long as the last one.
            let wait = Duration::from_millis(100 << tries.min(5));
            let _ = tokio::time::timeout(wait, std::future::pending::<()>()).await;
        }
    }
}

/// Reads `s3://BUCKET/PREFIX`.
fn bucket_and_prefix(url: &str) -> Result<(String, String), String> {
    let wrong =
        || format!("'{url}' is not 's3://BUCKET' or 's3://BUCKET/PREFIX' of letters, digits and '._-/'");
    let path = url.strip_prefix("s3://").ok_or_else(wrong)?.trim_end_matches('/');
    let is_plain = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    if !path.split('/').all(is_plain) {
        return Err(wrong());
    }
    Ok(match path.split_once('/') {
        Some((bucket, prefix)) => (bucket.to_owned(), format!("{prefix}/")),
        None => (path.to_owned(), String::new()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_named_with_or_without_a_prefix() {
        let read = |url: &str| bucket_and_prefix(url).ok();
        assert_eq!(read("s3://b"), Some(("b".into(), String::new())));
        assert_eq!(read("s3://b/"), Some(("b".into(), String::new())));
        assert_eq!(read("s3://my.b/a/B-c/"), Some(("my.b".into(), "a/B-c/".into())));
        for wrong in
            ["b", "s3://", "s3:///a", "https://b", "s3://b//a", "s3://b/../c", "s3://b/a b", "s3://b?x=1"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
