//! Chores of this repository, run as `cargo xtask TASK`.
//!
//! `tidy` checks rules of the code base that the compiler and clippy cannot; `openapi` writes the document of the API.
//! Nothing here is part of the product. To add a task, add a module and a line to the `match` below.

mod openapi;
mod tidy;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;

const USAGE: &str = "usage: cargo xtask TASK

  openapi    write compat/openapi.json from the facts in compat/contract
  tidy       check who may name what, file sizes, unfinished work, stray paths, and that compat/openapi.json is current";

fn main() -> anyhow::Result<ExitCode> {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the xtask folder lies in no other folder")?;
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.join(" ").as_str() {
        "openapi" => openapi::run(root),
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
