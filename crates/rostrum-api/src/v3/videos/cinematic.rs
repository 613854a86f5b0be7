//! The body of `POST /v3/videos` of `type: cinematic_avatar`: a prompt, looks and references.

use rostrum_model::video::{
    AspectRatio, CINEMATIC_S, CanvasShape, CinematicRequest, MAX_CINEMATIC_CLIPS, MAX_CINEMATIC_LOOKS,
    MAX_CINEMATIC_PICTURES, Resolution, USUAL_CINEMATIC_S, VideoRequest,
};
use serde::Deserialize;
use serde_json::Value;

use super::fields::{WireAspectRatio, WireResolution, look};
use super::order::Order;
use crate::error::{Faults, Refusal};
use crate::v3::asset_input::WireAssetInput;
use crate::v3::read_part;

/// The longest prompt, in characters (contract).
const MAX_PROMPT_CHARS: usize = 10_000;

#[derive(Debug, Deserialize)]
struct WireCinematic {
    prompt: Option<String>,
    avatar_id: Option<OneOrMore>,
    references: Option<Vec<WireAssetInput>>,
    aspect_ratio: Option<WireAspectRatio>,
    resolution: Option<WireResolution>,
    duration: Option<u32>,
    auto_duration: Option<bool>,
    enhance_prompt: Option<bool>,
}

/// A list of ids, or one alone, as the other types of videos take it.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

/// Reads the body.
///
/// # Errors
/// With all that is wrong with it.
pub(super) fn read_cinematic_video(body: &Value) -> Result<VideoRequest, Refusal> {
    let mut faults = Faults::default();
    let order = faults.take(Order::read(body));
    let wire: Option<WireCinematic> = faults.take(read_part("", body));
    let (Some(order), Some(wire)) = (order, wire) else { return Err(faults.refusal()) };
    let resolution = match wire.resolution {
        None => Resolution::P720,
        Some(WireResolution::P2160) => {
            let message = "'resolution' must be 720p or 1080p for a cinematic avatar, got 4k.";
            faults.take::<()>(Err(Refusal::invalid("resolution", message)));
            Resolution::P1080
        }
        Some(resolution) => resolution.into(),
    };
    let prompt = faults.take(prompt(wire.prompt));
    let looks = faults.take(looks(wire.avatar_id));
    let references = wire.references.unwrap_or_default();
    let checked = references.into_iter().enumerate();
    let checked = checked.map(|(number, input)| input.check(&format!("references[{number}]")));
    let references = faults.take_all(checked);
    let duration_s = faults.take(duration(wire.duration, wire.auto_duration.unwrap_or(false)));
    let (Some(prompt), Some(looks), Some(references), Some(duration_s)) =
        (prompt, looks, references, duration_s)
    else {
        return Err(faults.refusal());
    };
    faults.take(check_references(references.len(), looks.len()));
    faults.end()?;
    let enhanced = wire.enhance_prompt.unwrap_or(false);
    let looks = looks.iter().map(|id| look(id)).collect();
    let canvas = CanvasShape::Shape(wire.aspect_ratio.map_or(AspectRatio::Wide, Into::into), resolution);
    let cinematic = CinematicRequest { prompt, looks, references, duration_s, enhanced };
    Ok(order.of(VideoRequest { cinematic: Some(cinematic), ..VideoRequest::new(canvas, Vec::new()) }))
}

fn prompt(prompt: Option<String>) -> Result<String, Refusal> {
    let prompt = prompt
        .ok_or_else(|| Refusal::invalid("prompt", "'prompt' is required: describe what is to be seen."))?;
    let chars = prompt.chars().count();
    if prompt.trim().is_empty() || chars > MAX_PROMPT_CHARS {
        let message = format!("'prompt' must be 1-{MAX_PROMPT_CHARS} characters, got {chars}.");
        return Err(Refusal::invalid("prompt", message));
    }
    Ok(prompt)
}

fn looks(ids: Option<OneOrMore>) -> Result<Vec<String>, Refusal> {
    let ids = match ids {
        None => Vec::new(),
        Some(OneOrMore::One(id)) => vec![id],
        Some(OneOrMore::More(ids)) => ids,
    };
    if (1..=MAX_CINEMATIC_LOOKS).contains(&ids.len()) {
        return Ok(ids);
    }
    let message = format!(
        "'avatar_id' must have 1-{MAX_CINEMATIC_LOOKS} ids of looks, got {}; GET /v3/avatars/looks lists them.",
        ids.len()
    );
    Err(Refusal::invalid("avatar_id", message))
}

/// The length, where one is asked for.
fn duration(duration_s: Option<u32>, is_auto: bool) -> Result<Option<u32>, Refusal> {
    let (shortest, longest) = (CINEMATIC_S.start(), CINEMATIC_S.end());
    match duration_s {
        Some(_) if is_auto => {
            Err(Refusal::invalid("duration", "'duration' must be left out with 'auto_duration': true."))
        }
        None if is_auto => Ok(None),
        None => Ok(Some(USUAL_CINEMATIC_S)),
        Some(duration_s) if CINEMATIC_S.contains(&duration_s) => Ok(Some(duration_s)),
        Some(duration_s) => {
            let message = format!("'duration' must be {shortest}-{longest} seconds, got {duration_s}.");
            Err(Refusal::invalid("duration", message))
        }
    }
}

/// Refuses what is too much whatever is in the files.
fn check_references(references: usize, looks: usize) -> Result<(), Refusal> {
    let most = MAX_CINEMATIC_CLIPS + MAX_CINEMATIC_PICTURES - looks;
    if references > most {
        let message = format!(
            "'references' may have {MAX_CINEMATIC_CLIPS} clips and, with the looks, {MAX_CINEMATIC_PICTURES} pictures: at \
             most {most} here, got {references}."
        );
        return Err(Refusal::invalid("references", message));
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "called with literals")]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(extra: Value) -> Result<VideoRequest, Refusal> {
        let mut body = json!({"type": "cinematic_avatar", "prompt": "A shot.", "avatar_id": ["josh"]});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        read_cinematic_video(&body)
    }

    #[test]
    fn the_smallest_body_is_ten_seconds_in_720p() {
        let request = read(json!({})).unwrap();
        let cinematic = request.cinematic.unwrap();
        assert_eq!(request.canvas, CanvasShape::Shape(AspectRatio::Wide, Resolution::P720));
        assert_eq!((cinematic.duration_s, cinematic.enhanced), (Some(10), false));
        assert_eq!(read(json!({"auto_duration": true})).unwrap().cinematic.unwrap().duration_s, None);
        assert_eq!(read(json!({"avatar_id": "josh"})).unwrap().cinematic.unwrap().looks.len(), 1);
    }

    #[test]
    fn what_the_contract_forbids_is_refused_by_name() {
        let image = json!({"type": "url", "url": "https://example.com/a.png"});
        for (extra, param) in [
            (json!({"prompt": ""}), "prompt"),
            (json!({"prompt": null}), "prompt"),
            (json!({"prompt": "x".repeat(10_001)}), "prompt"),
            (json!({"avatar_id": []}), "avatar_id"),
            (json!({"avatar_id": ["a", "b", "c", "d"]}), "avatar_id"),
            (json!({"duration": 3}), "duration"),
            (json!({"duration": 16}), "duration"),
            (json!({"duration": 10, "auto_duration": true}), "duration"),
            (json!({"resolution": "4k"}), "resolution"),
            (json!({"references": vec![image; 12]}), "references"),
            (json!({"references": [{"type": "asset_id", "asset_id": "x"}]}), "references[0].asset_id"),
        ] {
            assert_eq!(read(extra).unwrap_err().param.as_deref(), Some(param));
        }
        let all = read(json!({"prompt": "", "avatar_id": [], "duration": 99})).unwrap_err();
        assert_eq!(all.more.len(), 2);
    }
}
