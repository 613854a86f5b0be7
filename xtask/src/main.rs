//! Chores of this repository, run as `cargo xtask TASK`.
//!
//! `tidy` checks rules of the code base that the compiler and clippy cannot. Nothing here is part of the product. To
//! add a task, add a module and a line to the `match` below.

mod tidy;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;

const USAGE: &str = "usage: cargo xtask TASK

  tidy    check who may name what, file sizes, unfinished work and stray paths";

fn main() -> anyhow::Result<ExitCode> {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the xtask folder lies in no other folder")?;
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.join(" ").as_str() {
        "tidy" => tidy::run(root),
        "help" => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        _ => {
            eprintln!("{USAGE}");
            Ok(ExitCode::from(2))
        }
    }
}
