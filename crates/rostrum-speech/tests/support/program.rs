//! Where tests find espeak-ng and mecab.

/// Lets voices of other languages speak: the programs are of those that `./dev setup` installs.
pub(crate) fn install_programs() {
    let path = std::env::var_os("PATH").expect("tests have a search path");
    rostrum_speech::espeak::install(rostrum_speech::Espeak::locate(&path).expect("espeak-ng is installed"));
    rostrum_speech::japanese::install(rostrum_speech::Mecab::locate(&path).expect("mecab is installed"));
}
