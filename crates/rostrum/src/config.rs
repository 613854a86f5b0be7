//! Settings: defaults, then the file given with `--config`, then `ROSTRUM_*` variables, then flags; later ones win.

use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use axum::http::HeaderValue;
use chrono::TimeDelta;
use clap::Args;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use rostrum_app::avatar_engine::{AvatarEngine, AvatarEngineSettings, HttpAvatarEngine};
use rostrum_app::backends::Limits;
use rostrum_app::fetch::FetchSettings;
use rostrum_app::image_engine::{ImageEngine, ImageEngineSettings};
use rostrum_app::speech_engines::{EngineSettings, SpeechEngines};
use rostrum_blob::S3Settings;
use rostrum_model::credits::Prices;
use serde::{Deserialize, Serialize};

/// Flags that take part in the settings.
#[derive(Args, Serialize)]
pub(crate) struct Overrides {
    /// Settings file (TOML).
    #[arg(long, global = true, value_name = "FILE", env = "ROSTRUM_CONFIG")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Folder for records and files.
    #[arg(long, global = true, value_name = "DIR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_dir: Option<PathBuf>,
    /// Folder of the model files.
    #[arg(long, global = true, value_name = "DIR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub models_dir: Option<PathBuf>,
    /// Address to serve on; port 0 takes a free one.
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// Scheme and host clients reach the server by.
    #[arg(long, global = true, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
}

/// The settings in force.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "settings that are on or off, each with a name of its own")]
pub(crate) struct Config {
    /// Folder for records and files.
    pub data_dir: PathBuf,
    /// Folder of the model files; `models` in the data folder when not set.
    pub models_dir: Option<PathBuf>,
    /// Address to serve on.
    pub listen: SocketAddr,
    /// Certificate and chain in PEM, to serve HTTPS with; HTTP when not set.
    pub tls_certificate: Option<PathBuf>,
    /// Its key, in PEM.
    pub tls_key: Option<PathBuf>,
    /// Scheme and host for URLs in answers; the host of each request when not set.
    pub public_url: Option<String>,
    /// Where the records are: `sqlite:...` or `postgres://...`; a SQLite file in the data folder when not set.
    pub database_url: Option<String>,
    /// Where uploads and videos are: `s3://BUCKET/PREFIX`; the data folder when not set. Credentials come from the usual
    /// `AWS_*` variables.
    pub blobs_url: Option<String>,
    /// The S3 server, for others than AWS: scheme, host and port.
    pub s3_endpoint: Option<String>,
    /// The bucket's region; that of `AWS_REGION`, else `us-east-1`, when not set.
    pub s3_region: Option<String>,
    /// Whether the bucket is named in the path of URLs, not in their host.
    pub s3_path_style: bool,
    /// Whether clients send large files to the bucket and not to this server. They must be able to reach it, and
    /// browsers need its permission (CORS).
    pub s3_direct_uploads: bool,
    /// The ffmpeg program; looked for in PATH when not set.
    pub ffmpeg: Option<PathBuf>,
    /// The ffprobe program; looked for in PATH when not set.
    pub ffprobe: Option<PathBuf>,
    /// The espeak-ng program, which reads texts of most other languages than English; looked for in PATH when not set.
    pub espeak_ng: Option<PathBuf>,
    /// The mecab program, which reads Japanese texts; looked for in PATH when not set.
    pub mecab: Option<PathBuf>,
    /// Folders of fonts for captions and texts, beside the built-in one.
    pub font_folders: Vec<PathBuf>,
    /// Job steps run at once, and threads of the speech engine; as many as there are cores when not set.
    pub workers: Option<NonZeroUsize>,
    /// The longest file sent to a signed URL, in bytes.
    pub max_upload_bytes: u64,
    /// Days after which assets are deleted; they are kept until somebody deletes them when not set.
    pub asset_ttl_days: Option<NonZeroU32>,
    /// Whether the previews of presenters are made while nothing else is in work, before somebody asks for them.
    pub cast_previews: bool,
    /// Whether files are fetched from `http:` URLs too, not only from `https:`.
    pub fetch_http: bool,
    /// Networks that files may be fetched from although they are not public, such as `10.0.0.0/8`.
    pub fetch_networks: Vec<String>,
    /// Ports that files may be fetched from.
    pub fetch_ports: Vec<u16>,
    /// Engines of others that speak: tables with `name`, `kind` (`openai` or `elevenlabs`), `url`, `key`, `model` and
    /// `voices`.
    pub speech_engines: Vec<EngineSettings>,
    /// The one of them, of kind `elevenlabs`, that learns voices from recordings.
    pub clone_engine: Option<String>,
    /// An engine of others that makes pictures: a table with `url` and, where needed, `key`, `model`, `response_format`,
    /// `sizes` and `timeout_s`.
    pub image_engine: Option<ImageEngineSettings>,
    /// An engine of others that shows people speaking: a table with `url` and, where needed, `key` and `timeout_s`.
    pub avatar_engine: Option<AvatarEngineSettings>,
    /// The most unfinished videos of a workspace; 0 for any number.
    pub max_unfinished_videos: u32,
    /// What things cost, in credits: a table with `video_s`, `video_4k_s`, `cinematic_video`, `speech_s` and `avatar`.
    pub prices: Prices,
    /// Origins whose pages may use the API from browsers, such as `https://app.example.org`.
    pub cors_origins: Vec<String>,
    /// The most requests a second of each key; 0 for any number.
    pub max_requests_per_second: u32,
    /// Whether requests are refused that HeyGen tolerates although they are most likely mistakes.
    pub strict: bool,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// The collector of `OpenTelemetry` that gets traces by OTLP over HTTP, such as `http://localhost:4318`; none when not set.
    pub otlp_url: Option<String>,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Config {
    fn defaults() -> anyhow::Result<Self> {
        Ok(Self {
            data_dir: crate::system::data_dir()?,
            models_dir: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            tls_certificate: None,
            tls_key: None,
            public_url: None,
            database_url: None,
            blobs_url: None,
            s3_endpoint: None,
            s3_region: None,
            s3_path_style: true,
            s3_direct_uploads: false,
            ffmpeg: None,
            ffprobe: None,
            espeak_ng: None,
            mecab: None,
            font_folders: vec![PathBuf::from("/usr/share/fonts"), PathBuf::from("/usr/local/share/fonts")],
            workers: None,
            max_upload_bytes: Limits::default().max_upload_bytes,
            asset_ttl_days: None,
            cast_previews: true,
            fetch_http: FetchSettings::default().allow_http,
            fetch_networks: Vec::new(),
            fetch_ports: FetchSettings::default().allowed_ports,
            speech_engines: Vec::new(),
            clone_engine: None,
            image_engine: None,
            avatar_engine: None,
            prices: Prices::default(),
            max_unfinished_videos: Limits::default().max_unfinished_videos.map_or(0, NonZeroU32::get),
            cors_origins: Vec::new(),
            max_requests_per_second: 0,
            strict: false,
            log_format: LogFormat::Text,
            otlp_url: None,
        })
    }

    /// What HTTPS is served with, if it is.
    pub(crate) fn tls(&self) -> anyhow::Result<Option<Arc<rustls::ServerConfig>>> {
        match (&self.tls_certificate, &self.tls_key) {
            (None, None) => Ok(None),
            (Some(certificate), Some(key)) => crate::tls::config(certificate, key).map(Some),
            _ => anyhow::bail!("'tls_certificate' and 'tls_key' are given together, or neither is"),
        }
    }

    /// The folder of the model files.
    pub(crate) fn models_dir(&self) -> PathBuf {
        self.models_dir.clone().unwrap_or_else(|| self.data_dir.join("models"))
    }

    /// Where the records are.
    pub(crate) fn database_url(&self) -> String {
        let file = || format!("sqlite:{}", self.data_dir.join("rostrum.db").display());
        self.database_url.clone().unwrap_or_else(file)
    }

    /// The bucket for bytes, if they are to lie in one.
    pub(crate) fn s3_settings(&self) -> Option<S3Settings> {
        let variables = crate::system::variables("AWS_");
        let variable =
            |name: &str| variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let endpoint = self.s3_endpoint.clone();
        Some(S3Settings {
            url: self.blobs_url.clone()?,
            endpoint: endpoint
                .or_else(|| variable("AWS_ENDPOINT_URL_S3"))
                .or_else(|| variable("AWS_ENDPOINT_URL")),
            region: self.s3_region.clone(),
            path_style: self.s3_path_style,
            direct_uploads: self.s3_direct_uploads,
            variables,
        })
    }

    /// What may be fetched from URLs that callers give.
    pub(crate) fn fetch_settings(&self) -> anyhow::Result<FetchSettings> {
        let networks = self.fetch_networks.iter().map(|text| text.parse());
        Ok(FetchSettings {
            allow_http: self.fetch_http,
            allowed_networks: networks
                .collect::<Result<_, _>>()
                .context("'fetch_networks' cannot be read")?,
            allowed_ports: self.fetch_ports.clone(),
            ..FetchSettings::default()
        })
    }

    /// The engines of others.
    pub(crate) fn speech_engines(&self) -> anyhow::Result<SpeechEngines> {
        Ok(SpeechEngines::new(self.speech_engines.clone(), self.clone_engine.clone())?)
    }

    /// The engine of others that makes pictures.
    pub(crate) fn image_engine(&self) -> anyhow::Result<Option<ImageEngine>> {
        Ok(self.image_engine.clone().map(ImageEngine::new).transpose()?)
    }

    /// The engine of others that shows people speaking.
    pub(crate) fn avatar_engine(&self) -> anyhow::Result<Option<Arc<dyn AvatarEngine>>> {
        let Some(settings) = &self.avatar_engine else { return Ok(None) };
        Ok(Some(Arc::new(HttpAvatarEngine::new(settings)?)))
    }

    /// Origins as browsers send them.
    pub(crate) fn cors_origins(&self) -> anyhow::Result<Vec<HeaderValue>> {
        let read = |origin: &String| {
            let is_origin =
                origin.split_once("://").is_some_and(|(_, host)| !host.is_empty() && !host.contains('/'));
            anyhow::ensure!(
                is_origin,
                "`cors_origins` has '{origin}'; an origin is scheme, host and port, such as https://app.example.org"
            );
            HeaderValue::from_str(origin).with_context(|| format!("`cors_origins` has '{origin}'"))
        };
        self.cors_origins.iter().map(read).collect()
    }

    /// What callers may ask for and rely on.
    pub(crate) fn limits(&self) -> Limits {
        let days = self.asset_ttl_days.map(|days| TimeDelta::days(days.get().into()));
        Limits {
            max_upload_bytes: self.max_upload_bytes,
            asset_lifetime: days,
            prices: self.prices,
            max_unfinished_videos: NonZeroU32::new(self.max_unfinished_videos),
        }
    }

    /// How many job steps run at once.
    pub(crate) fn workers(&self) -> NonZeroUsize {
        let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        self.workers.unwrap_or_else(cores)
    }
}

/// Reads the settings from all their places.
pub(crate) fn load(overrides: &Overrides) -> anyhow::Result<Config> {
    let mut figment = Figment::from(Serialized::defaults(Config::defaults()?));
    if let Some(file) = &overrides.config {
        anyhow::ensure!(file.is_file(), "there is no settings file at {}", file.display());
        figment = figment.merge(Toml::file_exact(file));
    }
    figment
        .merge(Env::prefixed("ROSTRUM_").ignore(&["config", "api_key", "log"]))
        .merge(Serialized::defaults(overrides))
        .extract()
        .context("the settings cannot be read")
}
