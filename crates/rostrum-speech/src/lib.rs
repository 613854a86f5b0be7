//! rostrum-speech
