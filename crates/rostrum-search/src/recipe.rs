//! How the model files of the search are made out of published ones. The results are compared with hashes, so a change
//! of results is a new version of the recipe.

use std::collections::BTreeMap;

use crate::SearchError;
use crate::catalogue::{EMBEDDINGS_MAGIC, described};
use crate::encoder::Encoder;
use crate::weights::{MAGIC, tensors, write};

/// Texts that are encoded together.
const BATCH: usize = 32;

/// Rounds the published network (`safetensors` with 32-bit numbers) to bytes and puts its vocabulary in front.
///
/// # Errors
/// When a tensor is missing or of another shape.
pub fn quantise_minilm(published: &[u8], vocabulary: &[u8]) -> Result<Vec<u8>, SearchError> {
    quantised(published, vocabulary).ok_or(SearchError::Damaged { what: "the published network" })
}

fn quantised(published: &[u8], vocabulary: &[u8]) -> Option<Vec<u8>> {
    let (length, rest) = published.split_first_chunk()?;
    let (header, data) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    let header: serde_json::Value = serde_json::from_slice(header).ok()?;
    let mut file = MAGIC.to_vec();
    file.extend(u32::try_from(vocabulary.len()).ok()?.to_le_bytes());
    file.extend(vocabulary);
    for tensor in tensors() {
        let entry = &header[tensor.name.as_str()];
        let offset = |i: usize| entry["data_offsets"][i].as_u64().and_then(|o| usize::try_from(o).ok());
        let bytes = data.get(offset(0)?..offset(1)?)?;
        let exact: Vec<f32> = bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        let columns = entry["shape"].as_array()?.last()?.as_u64()?;
        let fits = columns == tensor.columns as u64 && exact.len() >= tensor.columns * tensor.rows.max(1);
        if entry["dtype"] != "F32" || !fits {
            return None;
        }
        write(&tensor, &exact, &mut file);
    }
    Some(file)
}

/// Encodes what is said of every item of the public catalogue. `network` is a file of [`quantise_minilm`], `tags` the
/// tags of the icons as published. Takes a minute or two of one processor, shared out to `threads`.
///
/// # Errors
/// When one of them is damaged.
pub fn embed_catalogue(network: &[u8], tags: &[u8], threads: usize) -> Result<Vec<u8>, SearchError> {
    let encoder = Encoder::new(network)?;
    let tags: BTreeMap<String, Vec<String>> =
        serde_json::from_slice(tags).map_err(|_| SearchError::Damaged { what: "the list of icons' tags" })?;
    let items = described(&tags);
    let shares = items.chunks(items.len().div_ceil(threads.max(1)).max(1));
    let vectors = std::thread::scope(|scope| {
        let encode = |share: &[(String, String)]| {
            let batches = share.chunks(BATCH).map(|batch| {
                encoder.vectors(&batch.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>())
            });
            batches.flatten().collect::<Vec<_>>()
        };
        let working: Vec<_> = shares.map(|share| scope.spawn(move || encode(share))).collect();
        let done = working.into_iter().map(|share| share.join().expect("encoding does not panic"));
        done.flatten().collect::<Vec<_>>()
    });
    let mut file = EMBEDDINGS_MAGIC.to_vec();
    for ((key, _), vector) in items.iter().zip(vectors) {
        file.push(u8::try_from(key.len()).map_err(|_| SearchError::Damaged { what: "a name" })?);
        file.extend(key.as_bytes());
        vector.write(&mut file);
    }
    Ok(file)
}
