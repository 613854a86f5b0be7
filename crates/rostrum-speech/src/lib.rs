//! Text to sound, with the exact time of every phoneme and every written word.
pub mod recipe;
