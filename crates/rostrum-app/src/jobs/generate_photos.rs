//! From a brief to its four pictures.
//!
//! The assets' ids were chosen with the request, so a step that is run again after a crash finds what is done. Who cannot
//! be photographed by the image engine is drawn, which the record tells.

use std::sync::Arc;

use async_trait::async_trait;
use futures::future::join_all;
use rostrum_jobs::{Activity, JobError, Pipeline, Stage, StepContext};
use rostrum_model::asset::{Asset, ContentHash};
use rostrum_model::ids::PhotoGenerationId;
use rostrum_model::photo_generation::{GeneratedPicture, PhotoGeneration, Sitter};
use rostrum_model::presenter::Appearance;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::backends::Backends;
use crate::generated_pictures::{MakePictureError, PictureName, appearance_of, draw, prompt_of};
use crate::image_engine::{ImageEngine, Reference};

/// Name of the pipeline; a generation's job has the generation's id.
pub(crate) const PIPELINE: &str = "generate_photos";

pub(super) fn pipeline(backends: &Arc<Backends>) -> Pipeline {
    Pipeline {
        name: PIPELINE,
        version: "1.0.0",
        stages: vec![Stage::Once { name: "make", activity: Arc::new(Make(Arc::clone(backends))) }],
        on_failure: Arc::new(MarkFailed(Arc::clone(backends))),
    }
}

/// The generation a step works on; `None` when it is gone or has ended.
async fn open_generation(backends: &Backends, cx: &StepContext) -> Result<Option<PhotoGeneration>, JobError> {
    let id: PhotoGenerationId = cx
        .job_id
        .parse()
        .map_err(|_| JobError::fail(rostrum_jobs::INTERNAL_ERROR, "the job's id is no generation's"))?;
    let generation = backends.store.photo_generations().get_any(id).await.map_err(JobError::retry)?;
    Ok(generation.filter(|generation| !generation.state.has_ended()))
}

struct Make(Arc<Backends>);

/// A picture that is there, and why it was drawn though the image engine should have made it.
type Made = Result<Option<MakePictureError>, MakePictureError>;

#[async_trait]
impl Activity for Make {
    async fn run(&self, cx: &StepContext, _input: Value) -> Result<Value, JobError> {
        let backends = &self.0;
        let Some(generation) = open_generation(backends, cx).await? else { return Ok(Value::Null) };
        let generations = backends.store.photo_generations();
        let generation = generation.start().map_err(JobError::retry)?;
        generations.update_state(&generation).await.map_err(JobError::retry)?;
        let reference = backends.sitters_photo(&generation).await.map_err(give_up)?;
        let pictures = (0..generation.pictures.len())
            .map(|place| backends.make_picture(&generation, place, reference.as_slice()));
        let made: Vec<Made> = join_all(pictures).await;
        let mut why_drawn = None;
        for made in made {
            why_drawn = why_drawn.or(made.map_err(give_up)?);
        }
        let notice = why_drawn.map(|error| format!("Some of the pictures were drawn, as {error}."));
        let done = generation.succeed(notice).map_err(JobError::retry)?;
        generations.update_state(&done).await.map_err(JobError::retry)?;
        metrics::counter!("rostrum_photo_generations_total").increment(1);
        Ok(Value::Null)
    }
}

fn give_up(error: MakePictureError) -> JobError {
    match error {
        error @ MakePictureError::ReferenceGone(_) => JobError::fail("asset_not_found", error.to_string()),
        // It was asked several times already; whoever waits shall hear why.
        error if error.is_the_engines() => JobError::fail("image_engine_error", error.to_string()),
        error => JobError::retry(error),
    }
}

impl Backends {
    /// The photo that pictures of a known person start from.
    async fn sitters_photo(&self, generation: &PhotoGeneration) -> Result<Vec<Reference>, MakePictureError> {
        let Sitter::Photographed { photo, .. } = generation.brief.sitter else { return Ok(Vec::new()) };
        let asset = self.store.assets().get(generation.workspace_id, photo).await?;
        Ok(vec![self.reference(&asset.ok_or(MakePictureError::ReferenceGone(photo))?).await?])
    }

    /// Makes the picture at a place, unless it is there.
    async fn make_picture(
        &self,
        generation: &PhotoGeneration,
        place: usize,
        references: &[Reference],
    ) -> Made {
        let (id, workspace_id) = (generation.pictures[place], generation.workspace_id);
        let drawn = self.drawn(generation, place).await?;
        if let Some(asset) = self.store.assets().get(workspace_id, id).await? {
            return self.recognise(asset, drawn).await.map(|()| None);
        }
        let name = PictureName { id, workspace_id, name: format!("{} {}", name_of(generation), place + 1) };
        let is_drawn_anyway = matches!(generation.brief.sitter, Sitter::Drawn { .. });
        let engine = self.image_engine.as_ref().filter(|_| !is_drawn_anyway);
        let mut why_drawn = None;
        if let Some(engine) = engine {
            match self.photographed(engine, &name, generation, references).await {
                Ok(asset) => {
                    self.note(&asset, None).await?;
                    return Ok(None);
                }
                Err(error) if error.is_the_engines() && drawn.is_some() => {
                    tracing::warn!(photo_generation.id = %generation.id, place, %error, "a picture is drawn instead");
                    metrics::counter!("rostrum_image_engine_fallbacks_total").increment(1);
                    why_drawn = Some(error);
                }
                Err(error) => return Err(error),
            }
        }
        let Some((appearance, bytes)) = drawn else {
            // The settings had an engine when this was asked for.
            return Err(MakePictureError::NotConfigured);
        };
        let asset = self.keep_picture(&name, bytes.into()).await.map_err(MakePictureError::Keep)?;
        self.note(&asset, Some(appearance)).await?;
        Ok(why_drawn)
    }

    async fn photographed(
        &self,
        engine: &ImageEngine,
        name: &PictureName,
        generation: &PhotoGeneration,
        references: &[Reference],
    ) -> Result<Asset, MakePictureError> {
        let brief = &generation.brief;
        self.engine_picture(engine, name, &prompt_of(brief), brief.orientation, references).await
    }

    async fn drawn(
        &self,
        generation: &PhotoGeneration,
        place: usize,
    ) -> Result<Option<(Appearance, Vec<u8>)>, MakePictureError> {
        let Some(appearance) = appearance_of(generation, place) else { return Ok(None) };
        let (of, brief) = (appearance.clone(), generation.brief.clone());
        let drawing = tokio::task::spawn_blocking(move || draw(of, &brief, place));
        Ok(Some((appearance, drawing.await.map_err(std::io::Error::other)??)))
    }

    /// Notes what a picture is that was kept before a crash: drawing is exact, so its bytes tell.
    async fn recognise(
        &self,
        asset: Asset,
        drawn: Option<(Appearance, Vec<u8>)>,
    ) -> Result<(), MakePictureError> {
        let same = |bytes: &[u8]| ContentHash(Sha256::digest(bytes).into()) == asset.content_hash;
        match drawn {
            Some((appearance, bytes)) if same(&bytes) => self.note(&asset, Some(appearance)).await,
            _ => {
                self.checked_picture(&asset).await?;
                self.note(&asset, None).await
            }
        }
    }

    async fn note(&self, asset: &Asset, appearance: Option<Appearance>) -> Result<(), MakePictureError> {
        let (asset_id, workspace_id) = (asset.id, asset.workspace_id);
        let picture = GeneratedPicture { asset_id, workspace_id, appearance: appearance.map(Box::new) };
        Ok(self.store.photo_generations().add_picture(&picture).await?)
    }
}

/// What people call the pictures.
fn name_of(generation: &PhotoGeneration) -> &str {
    match &generation.brief.sitter {
        Sitter::Stranger { name, .. } => name,
        Sitter::Drawn { .. } | Sitter::Photographed { .. } => "look",
    }
}

/// What happens when the step gives up: the record says so.
struct MarkFailed(Arc<Backends>);

#[async_trait]
impl Activity for MarkFailed {
    async fn run(&self, cx: &StepContext, input: Value) -> Result<Value, JobError> {
        if let Some(generation) = open_generation(&self.0, cx).await? {
            let message = input["message"].as_str().unwrap_or("the pictures could not be made");
            tracing::error!(photo_generation.id = %generation.id, cause = message, "pictures could not be made");
            let message = if input["code"] == rostrum_jobs::INTERNAL_ERROR {
                "The pictures could not be made although it was tried several times; ask for them again, and if it fails \
                 again, give the generation's id to the operator: the server's log holds the cause."
                    .to_owned()
            } else {
                format!("The pictures could not be made: {message}.")
            };
            let failed = generation.fail(message).map_err(JobError::retry)?;
            self.0.store.photo_generations().update_state(&failed).await.map_err(JobError::retry)?;
        }
        Ok(Value::Null)
    }
}
