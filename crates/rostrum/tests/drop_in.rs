//! Programs with HeyGen's address built in, led to this server by a hosts file and a certificate of its own.

mod support;

use std::process::Command;

use support::{client_file, fixture, models_dir, rostrum, tell_skipped};

/// Runs a program in namespaces of its own, as root there.
fn apart(program: &str) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--net", "--mount", "--map-root-user", program]);
    command
}

#[test]
fn programs_with_heygens_address_built_in_are_led_here() {
    if !apart("true").output().is_ok_and(|ran| ran.status.success()) {
        return tell_skipped("programs with HeyGen's address built in", "this machine allows no namespaces");
    }
    let dir = tempfile::tempdir().unwrap();
    let made =
        rostrum(&dir.path().join("data")).arg("certificate").arg(dir.path().join("tls")).output().unwrap();
    let told = String::from_utf8_lossy(&made.stdout);
    assert!(made.status.success() && told.contains("127.0.0.1 api.heygen.com upload.heygen.com"), "{made:?}");
    let mut run = apart("sh");
    // Settings of the tests are none of the server's.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ROSTRUM_")) {
        run.env_remove(name);
    }
    run.arg(client_file("drop-in/run.sh")).arg(env!("CARGO_BIN_EXE_rostrum")).arg(dir.path());
    run.arg(fixture("portraits/astronaut.png")).env("ROSTRUM_MODELS_DIR", models_dir());
    let mut programs = vec!["curl: ", "python: ", "node: "];
    if let Ok(heygen) = std::env::var("ROSTRUM_HEYGEN_CLI") {
        run.arg(heygen);
        programs.push("heygen: ");
    }
    let ran = run.output().unwrap();
    let (told, log) = (
        String::from_utf8_lossy(&ran.stdout),
        std::fs::read_to_string(dir.path().join("log")).unwrap_or_default(),
    );
    assert!(ran.status.success(), "{told}\n{}\n{log}", String::from_utf8_lossy(&ran.stderr));
    for program in programs {
        assert!(told.lines().any(|line| line.starts_with(program)), "{told}");
    }
}
