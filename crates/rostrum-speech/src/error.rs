//! Why speech could not be made.

/// What went wrong, in kinds a caller acts on.
#[derive(Debug, thiserror::Error)]
pub enum SpeechError {
    /// The text holds no word at all.
    #[error("the text is empty")]
    TextEmpty,
    /// The text is longer than [`crate::MAX_TEXT_CHARS`].
    #[error("the text has {chars} characters, at most {} are allowed", crate::MAX_TEXT_CHARS)]
    TextTooLong {
        /// Characters counted.
        chars: usize,
    },
    /// No word of the text can be spoken in the voice's language.
    #[error("no word of the text can be spoken in this voice's language")]
    TextNotSpeakable,
    /// SSML that is malformed, or asks for something that cannot be followed.
    #[error("{what} (at character {character})")]
    Ssml {
        /// Where, in characters from 1.
        character: usize,
        /// What is wrong, with the tag.
        what: String,
    },
    /// The voice needs a program that is not there or does not know its language.
    #[error("the voice {voice} needs {needed}")]
    ProgramMissing {
        /// The voice asked for.
        voice: String,
        /// The program, and how to get it.
        needed: &'static str,
    },
    /// The program espeak-ng failed.
    #[error("espeak-ng failed: {what}")]
    Espeak {
        /// How.
        what: String,
        /// What the system said, where it said something.
        #[source]
        source: Option<std::io::Error>,
    },
    /// The program MeCab failed.
    #[error("mecab failed: {what}; the packages are mecab and mecab-ipadic-utf8")]
    Mecab {
        /// How.
        what: String,
        /// What the system said, where it said something.
        #[source]
        source: Option<std::io::Error>,
    },
    /// No voice has this id.
    #[error("there is no voice {id}")]
    VoiceUnknown {
        /// The id asked for.
        id: String,
    },
    /// A blend of no voices, of voices of several languages, or with a weight of 0.
    #[error("a blend needs voices of one language, each with a weight of at least 1")]
    BlendUnusable,
    /// The speed is outside [`crate::MIN_SPEED`]..=[`crate::MAX_SPEED`].
    #[error("speed {speed} is outside {}..={}", crate::MIN_SPEED, crate::MAX_SPEED)]
    SpeedOutOfRange {
        /// The speed asked for.
        speed: f32,
    },
    /// A model file is missing or cannot be read.
    #[error("cannot read the model file {path}")]
    ModelFile {
        /// Path of the file.
        path: std::path::PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A model file is not what its name says.
    #[error("the model file {path} is damaged: {what}")]
    ModelDamaged {
        /// Path of the file.
        path: std::path::PathBuf,
        /// What is wrong with it.
        what: &'static str,
        /// The parser's error, where there is one.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The network failed while running.
    #[error("the speech network failed")]
    Inference(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The network gave something that is no sound: wrong length or not a number.
    #[error("the speech network gave unusable sound: {what}")]
    UnusableSound {
        /// What is wrong with it.
        what: &'static str,
    },
}
