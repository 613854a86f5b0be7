//! A server that does to its clients what a test tells it to.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

/// One thing to do with a connection; after the last it is closed.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Send(Vec<u8>),
    /// Until the client is gone.
    SendForEver(Vec<u8>),
    /// One byte every few milliseconds, until the client is gone.
    Trickle(u8),
    /// Until the client is gone.
    Wait,
}

pub(super) struct Server {
    pub(super) port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers every request by the same bytes and closes.
    pub(super) async fn saying(answer: impl AsRef<[u8]>) -> Self {
        Self::doing(vec![Step::Send(answer.as_ref().to_vec())]).await
    }

    /// Does the same to every request.
    pub(super) async fn doing(steps: Vec<Step>) -> Self {
        Self::answering(move |_| steps.clone()).await
    }

    /// Does to a request what the rule says for its path.
    pub(super) async fn answering(rule: impl Fn(&str) -> Vec<Step> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let (log, rule) = (requests.clone(), Arc::new(rule));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, rule) = (log.clone(), rule.clone());
                tokio::spawn(async move { answer(stream, &log, &*rule).await });
            }
        });
        Self { port, requests }
    }

    pub(super) fn url(&self, host: &str, path: &str) -> String {
        format!("http://{host}:{}{path}", self.port)
    }

    /// The heads of all requests so far.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Serves one connection; `None` when the client is gone.
pub(super) async fn answer<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    log: &Mutex<Vec<String>>,
    rule: &(impl Fn(&str) -> Vec<Step> + ?Sized),
) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap().to_owned();
    log.lock().unwrap().push(head);
    for step in rule(&path) {
        match step {
            Step::Send(bytes) => stream.write_all(&bytes).await.ok()?,
            Step::SendForEver(bytes) => loop {
                stream.write_all(&bytes).await.ok()?;
            },
            Step::Trickle(byte) => {
                let mut ticks = tokio::time::interval(std::time::Duration::from_millis(5));
                loop {
                    ticks.tick().await;
                    stream.write_all(&[byte]).await.ok()?;
                }
            }
            Step::Wait => {
                stream.read_u8().await.ok()?;
            }
        }
    }
    stream.shutdown().await.ok()
}
