//! Where tests find espeak-ng.

/// Lets voices of other languages speak: the program is one of those that `./dev setup` installs.
pub(crate) fn install_espeak() {
    let path = std::env::var_os("PATH").expect("tests have a search path");
    rostrum_speech::espeak::install(rostrum_speech::Espeak::locate(&path).expect("espeak-ng is installed"));
}
