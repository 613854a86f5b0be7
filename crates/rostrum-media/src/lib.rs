//! rostrum-media
