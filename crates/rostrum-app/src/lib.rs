//! rostrum-app
