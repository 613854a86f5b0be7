//! `rostrum serve`.

use std::io::IsTerminal;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use metrics_exporter_prometheus::PrometheusBuilder;
use rostrum_app::{App, Backends, jobs};
use rostrum_http::{HeyGenWire, HttpOptions, HttpState, RequestRates, router};
use rostrum_jobs::{JobOptions, Jobs};
use rostrum_model::scope::Scopes;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::MissedTickBehavior;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::backends;
use crate::config::{Config, LogFormat};
use crate::system::variable;
use crate::traces::Traces;

/// How long open requests may go on after a stop signal.
const GRACE: Duration = Duration::from_secs(10);

/// How often uploads and assets that expired are looked for.
const SWEEP_INTERVAL: Duration = Duration::from_mins(10);

/// How often batches are looked after, and events that are due posted.
const TEND_INTERVAL: Duration = Duration::from_secs(1);

/// How long nothing must have been in work before previews of presenters are made that nobody asked for.
const QUIET_BEFORE_PREVIEWS: Duration = Duration::from_mins(1);

/// Assets looked into at once, beside the videos in work: one long file does not keep short ones waiting.
const ASSET_WORKERS: NonZeroUsize = NonZeroUsize::new(2).expect("two is not zero");

/// How often a step may see its process die before its video fails. Steps leave native code to sandboxed programs, so a
/// death is most often a restart and not the step's fault.
const MAX_RESTARTS: u32 = 100;

/// Serves until a stop signal, then finishes open requests. Steps in work are run again by the next start.
pub(crate) async fn run(config: Config) -> anyhow::Result<()> {
    let traces = config.otlp_url.as_deref().map(Traces::to).transpose()?;
    start_logging(config.log_format, traces.as_ref());
    let metrics = PrometheusBuilder::new().install_recorder().context("metrics cannot be collected")?;
    let tls = config.tls()?;
    let _alone = backends::claim_data_dir(&config)?;
    backends::install_voices(&config);
    let backends = backends::open(&config).await?;
    empty_folder(&backends)?;
    first_key(&backends).await?;

    let options =
        JobOptions { workers: config.workers(), max_attempts: MAX_RESTARTS, ..JobOptions::default() };
    let jobs = open_jobs(&config, "jobs.db", &backends, options.clone()).await?;
    let asset_jobs = JobOptions { workers: ASSET_WORKERS, ..options };
    let asset_jobs = open_jobs(&config, "asset-jobs.db", &backends, asset_jobs).await?;
    let app = App::new(backends, Arc::clone(&jobs)).with_asset_jobs(Arc::clone(&asset_jobs));
    let swept = app.sweep_at_start().await.context("putting things in order at start failed")?;
    tracing::info!(
        swept.orphan_files,
        swept.abandoned_uploads,
        swept.resumed_videos,
        swept.started_assets,
        swept.resumed_voices,
        swept.resumed_studies,
        swept.resumed_generations,
        "put things in order"
    );
    tokio::spawn(sweep_for_ever(app.clone()));
    tokio::spawn(tend_batches_for_ever(app.clone()));
    tokio::spawn(deliver_for_ever(app.clone()));
    tokio::spawn(begin_videos_for_ever(app.clone()));
    if config.cast_previews {
        tokio::spawn(preview_cast(app.clone()));
    }

    // Listened for before anybody is told that the server is there.
    let stop_asked = stop_signal()?;
    let listener = tokio::net::TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.listen))?;
    let address = listener.local_addr()?;
    let state = HttpState {
        app,
        options: Arc::new(HttpOptions {
            public_url: config.public_url.clone(),
            cors_origins: config.cors_origins()?,
            strict: config.strict,
            rates: NonZeroU32::new(config.max_requests_per_second).map(RequestRates::new),
        }),
        metrics: Arc::new(move || metrics.render()),
    };
    let address_file = config.data_dir.join("listen.addr");
    std::fs::write(&address_file, address.to_string()).context("the address cannot be written down")?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    println!("Rostrum serves on {scheme}://{address}");
    tracing::info!(%address, "serving");

    let stop = async {
        stop_asked.await;
        tracing::info!("stopping");
    };
    if !rostrum_http::serve(listener, tls, router(&state), stop, GRACE).await {
        tracing::warn!("requests were still open after the grace time");
    }
    let (videos, assets) = tokio::join!(jobs.shutdown(GRACE), asset_jobs.shutdown(GRACE));
    if let Some(traces) = traces {
        tokio::task::spawn_blocking(move || traces.end()).await.context("the last traces")?;
    }
    videos.and(assets).context("the job engine did not stop")
}

async fn open_jobs(
    config: &Config,
    file: &str,
    backends: &Arc<Backends>,
    options: JobOptions,
) -> anyhow::Result<Arc<Jobs>> {
    let path = config.data_dir.join(file);
    let jobs = Jobs::open(&path, jobs::pipelines(backends), options).await;
    Ok(Arc::new(jobs.context("the job engine cannot be started")?))
}

fn start_logging(format: LogFormat, traces: Option<&Traces>) {
    let filter = variable("ROSTRUM_LOG").and_then(|text| text.into_string().ok());
    let filter = EnvFilter::new(
        filter.unwrap_or_else(|| "info,duroxide=warn,sqlx=warn,sea_orm_migration=warn".to_owned()),
    );
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    tracing_subscriber::registry().with(filter).with(lines).with(traces.map(Traces::layer)).init();
}

async fn sweep_for_ever(app: App) {
    let mut ticks = tokio::time::interval(SWEEP_INTERVAL);
    // The first tick comes at once, and the start has swept.
    ticks.tick().await;
    loop {
        ticks.tick().await;
        if let Err(error) = app.sweep_pending_assets().await {
            tracing::error!(%error, "the jobs of assets could not be put in order");
        }
        match app.sweep_uploads().await {
            Ok(0) => {}
            Ok(abandoned_uploads) => {
                tracing::info!(abandoned_uploads, "gave up uploads that expired long ago");
            }
            Err(error) => tracing::error!(error = %error, "abandoned uploads could not be given up"),
        }
        if let Err(error) = app.forget_old_keys().await {
            tracing::error!(%error, "old idempotency keys could not be forgotten");
        }
        match app.delete_old_assets().await {
            Ok(0) => {}
            Ok(old_assets) => tracing::info!(old_assets, "deleted assets that were kept long enough"),
            Err(error) => tracing::error!(error = %error, "old assets could not be deleted"),
        }
    }
}

/// Starts the videos of batches, and tells of batches that ended.
async fn tend_batches_for_ever(app: App) {
    let mut ticks = tokio::time::interval(TEND_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = app.tend_video_batches(&HeyGenWire).await {
            tracing::error!(error = %error, "batches of videos could not be tended");
        }
    }
}

/// Begins waiting videos when others ended, and from time to time, should beginning have failed.
async fn begin_videos_for_ever(app: App) {
    loop {
        // Whichever comes first.
        let _ = tokio::time::timeout(TEND_INTERVAL, app.video_ended()).await;
        if let Err(error) = app.begin_waiting_videos().await {
            tracing::error!(error = %error, "waiting videos could not be begun");
        }
    }
}

/// Posts events to those who asked to be told.
async fn deliver_for_ever(app: App) {
    let mut ticks = tokio::time::interval(TEND_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = app.deliver_due(&HeyGenWire).await {
            tracing::error!(error = %error, "events could not be delivered");
        }
    }
}

/// Makes the previews of the cast that are not there yet, one after another, after each time in which nothing was in work
/// for a while.
async fn preview_cast(app: App) {
    let mut ticks = tokio::time::interval(TEND_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut idle_since = tokio::time::Instant::now();
    loop {
        ticks.tick().await;
        let is_idle = app.is_idle().await.unwrap_or_else(|error| {
            tracing::warn!(error = %error, "previews of presenters wait for the records");
            false
        });
        if !is_idle {
            idle_since = tokio::time::Instant::now();
        }
        if idle_since.elapsed() < QUIET_BEFORE_PREVIEWS {
            continue;
        }
        match app.make_next_presenter_file().await {
            Ok(true) => {}
            Ok(false) => {
                tracing::info!("all previews of presenters are there");
                return;
            }
            // They are made when somebody asks for them, who then is told why they cannot be.
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "previews of presenters are not made before somebody asks for them");
                return;
            }
        }
    }
}

/// Removes what killed steps left behind.
fn empty_folder(backends: &Backends) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(&backends.work_dir)? {
        let path = entry?.path();
        if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) }?;
    }
    Ok(())
}

/// Makes the workspace and its first key at the first start, and shows that key once.
async fn first_key(backends: &Backends) -> anyhow::Result<()> {
    let workspace = backends.first_workspace().await?;
    if backends.keys(workspace.id).await?.is_empty() {
        let issued = backends.issue_key(workspace.id, "first start", Scopes::default()).await?;
        println!("API key: {}", issued.secret);
        println!("It is shown only now. More keys: rostrum keys create");
    }
    Ok(())
}

/// Listens for Ctrl-C and the signal a service manager sends, from now on; ends with the first of them.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let listen = |kind| signal(kind).context("stop signals cannot be listened for");
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
