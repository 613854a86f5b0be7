//! rostrum-face
