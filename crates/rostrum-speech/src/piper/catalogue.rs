//! Which voices there are.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};

use super::config::Config;
use crate::voices::{Accent, Engine, Gender, Reading, Voice};

/// Most voices that are listed; a network of hundreds of speakers has one for each.
const MOST_VOICES: usize = 2000;
/// Longest settings file, in bytes.
const MAX_CONFIG_BYTES: u64 = 1 << 20;

/// A voice and where it is.
#[derive(Debug)]
pub(crate) struct Installed {
    pub(crate) voice: Voice,
    pub(crate) files: Arc<Files>,
    /// Its number, in a network of several speakers.
    pub(crate) speaker: Option<i32>,
}

/// A network, which all of its speakers share.
#[derive(Debug)]
pub(crate) struct Files {
    pub(super) network: PathBuf,
    pub(super) config: Config,
    pub(super) reading: Reading,
    /// Of the settings and the network's size: a voice with another one may sound another way.
    pub(crate) fingerprint: [u8; 32],
}

/// Files that are no voice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The settings.
    pub file: PathBuf,
    /// Why.
    pub why: String,
}

static INSTALLED: OnceLock<Vec<Installed>> = OnceLock::new();

/// Lets this process speak with the voices in `piper/` of the models folder; the first folder given stays. Answers how many
/// there are, and which files are no voice.
pub fn install(models_dir: &Path) -> (usize, Vec<Refused>) {
    let mut refused = Vec::new();
    let voices = INSTALLED.get_or_init(|| read_all(&models_dir.join("piper"), &mut refused));
    (voices.len(), refused)
}

/// The voices of this process.
pub(crate) fn installed() -> &'static [Installed] {
    INSTALLED.get().map_or(&[], Vec::as_slice)
}

/// The files of a voice of this engine.
pub(crate) fn of(voice: &Voice) -> Option<&'static Installed> {
    installed().iter().find(|installed| installed.voice.id == voice.id)
}

fn read_all(folder: &Path, refused: &mut Vec<Refused>) -> Vec<Installed> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> =
        files.filter(|file| file.to_string_lossy().ends_with(".onnx.json")).collect();
    files.sort();
    let mut voices = Vec::new();
    for file in files {
        match read(&file) {
            Ok(found) if voices.len() + found.len() <= MOST_VOICES => voices.extend(found),
            Ok(_) => refused.push(Refused { file, why: format!("there are more than {MOST_VOICES} voices") }),
            Err(why) => refused.push(Refused { file, why }),
        }
    }
    voices
}

/// The voices of one network: one for each of its speakers.
fn read(file: &Path) -> Result<Vec<Installed>, String> {
    let size = fs::metadata(file).map_err(|error| error.to_string())?.len();
    if size > MAX_CONFIG_BYTES {
        return Err(format!("it has {size} bytes, more than {MAX_CONFIG_BYTES}"));
    }
    let bytes = fs::read(file).map_err(|error| error.to_string())?;
    let config = Config::parse(&bytes)?;
    let network = file.with_extension("");
    let network_size = fs::metadata(&network)
        .map_err(|error| format!("{} beside it cannot be read: {error}", network.display()))?
        .len();
    let fingerprint = Sha256::new().chain_update(&bytes).chain_update(network_size.to_le_bytes());
    let fingerprint = fingerprint.finalize().into();
    let stem = network.file_stem().unwrap_or_default().to_string_lossy();
    if !stem.chars().all(is_of_an_id) {
        return Err(
            "its name is the voice's id, and may have letters, digits, '_', '-' and '.' alone".to_owned()
        );
    }
    let speakers: Vec<(Option<&str>, Option<i32>)> = if config.speakers.len() < 2 {
        vec![(None, config.speakers.values().next().copied())]
    } else {
        config.speakers.iter().map(|(name, number)| (Some(name.as_str()), Some(*number))).collect()
    };
    let reading = reading(&config);
    let voices: Vec<(Voice, Option<i32>)> =
        speakers.into_iter().map(|(name, speaker)| (voice(&stem, name, &config, reading), speaker)).collect();
    let files = Arc::new(Files { network: network.clone(), config, reading, fingerprint });
    let installed = |(voice, speaker)| Installed { voice, files: Arc::clone(&files), speaker };
    Ok(voices.into_iter().map(installed).collect())
}

fn is_of_an_id(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// What is told of a voice. It lives as long as the process, as all voices do.
fn voice(stem: &str, speaker: Option<&str>, config: &Config, reading: Reading) -> Voice {
    let mut id = format!("piper-{stem}");
    let mut name = config.dataset.replace('_', " ");
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    if let Some(speaker) = speaker {
        id.push('-');
        id.extend(speaker.chars().map(|c| if is_of_an_id(c) { c } else { '_' }));
        name = format!("{name} {speaker}");
    }
    let language = &config.language;
    Voice {
        id: kept(id),
        name: kept(name),
        language: kept(language.name_english.clone()),
        locale: kept(language.code.replace('_', "-")),
        locale_name: kept(format!("{} ({})", language.name_english, language.country_english)),
        gender: gender(&config.dataset),
        engine: Engine::Piper,
        reading,
    }
}

/// What reads its texts: it was trained on the sounds of this language of espeak-ng.
fn reading(config: &Config) -> Reading {
    let espeak = config.espeak.voice.to_lowercase();
    match espeak.as_str() {
        "en" | "en-us" => Reading::English(Accent::American),
        "en-gb" | "en-gb-x-rp" => Reading::English(Accent::British),
        _ => Reading::Espeak(kept(espeak)),
    }
}

fn kept(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// The settings do not tell it; these are the project's own names of speakers.
fn gender(dataset: &str) -> Gender {
    const FEMALE: &[&str] = &[
        "alba",
        "amy",
        "anna",
        "berta",
        "cori",
        "eva_k",
        "gosia",
        "hfc_female",
        "huayan",
        "irina",
        "jenny_dioco",
        "kathleen",
        "kerstin",
        "kristin",
        "lessac",
        "ljspeech",
        "paola",
        "ramona",
        "siwis",
        "southern_english_female",
    ];
    const MALE: &[&str] = &[
        "alan",
        "bryce",
        "danny",
        "darkman",
        "davefx",
        "denis",
        "dmitri",
        "faber",
        "gilles",
        "harri",
        "hfc_male",
        "imre",
        "jirka",
        "joe",
        "john",
        "karlsson",
        "mihai",
        "norman",
        "northern_english_male",
        "riccardo",
        "ruslan",
        "ryan",
        "thorsten",
        "tom",
    ];
    if FEMALE.contains(&dataset) {
        Gender::Female
    } else if MALE.contains(&dataset) {
        Gender::Male
    } else {
        Gender::Unknown
    }
}
