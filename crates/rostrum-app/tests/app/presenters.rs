//! Previews of the cast that nobody asked for yet.

use futures::TryStreamExt;
use rostrum_app::presenters::{PresenterFile, cast};
use rostrum_blob::BlobKey;

use crate::world::World;

/// What is kept of the cast's previews, sorted.
async fn kept(world: &World) -> Vec<String> {
    let folder = BlobKey::new("presenters").unwrap();
    let blobs = world.backends.blobs.list(Some(&folder));
    let mut keys: Vec<String> =
        blobs.map_ok(|blob| blob.key.as_str().to_owned()).try_collect().await.unwrap();
    keys.sort_unstable();
    keys
}

#[tokio::test]
async fn previews_are_made_one_by_one_and_those_that_are_there_are_left_alone() {
    let world = World::new().await;
    assert!(world.app.is_idle().await.unwrap());
    let looks: Vec<&str> =
        cast::all().iter().flat_map(|member| &member.looks).map(|look| look.id.as_str()).collect();
    // Somebody asked for the second before it was its turn.
    let asked = world.app.presenter_file(looks[1], PresenterFile::Image).await.unwrap();
    assert!(asked.is_some() && kept(&world).await.len() == 1);
    for made in [0, 2] {
        assert!(world.app.make_next_presenter_file().await.unwrap());
        assert!(kept(&world).await.iter().any(|key| key.contains(&format!("/{}.v", looks[made]))));
    }
    let pictures = kept(&world).await;
    assert!(pictures.len() == 3 && pictures.iter().all(|key| key.ends_with("/preview.jpg")), "{pictures:?}");
}
