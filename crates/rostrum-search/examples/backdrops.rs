//! Writes all backdrops into a folder, to be looked at: `cargo run -p rostrum-search --example backdrops -- FOLDER`.

use rostrum_search::Catalogue;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("name a folder")?;
    let catalogue = Catalogue::new(None, None)?;
    for item in catalogue.items() {
        std::fs::write(format!("{folder}/{}.jpg", item.name), item.file())?;
    }
    Ok(())
}
