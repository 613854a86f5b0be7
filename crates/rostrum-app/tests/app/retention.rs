//! How long assets are kept.

use chrono::TimeDelta;
use rostrum_app::assets::content_key;
use rostrum_app::backends::Limits;

use crate::world::{PNG, World};

#[tokio::test]
async fn assets_older_than_assets_are_kept_are_deleted_with_their_bytes() {
    let kept = TimeDelta::days(30);
    let world = World::with_limits(Limits { asset_lifetime: Some(kept), ..Limits::default() }).await;
    let old = world.upload("old.png", PNG).await;
    world.clock.advance(kept - TimeDelta::seconds(1));
    let young = world.upload("young.srt", b"1\n00:00:01,000 --> 00:00:02,000\nHello\n").await;
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(world.app.delete_old_assets().await.unwrap(), 0, "it is exactly as old as allowed");
    let file = world.app.asset_file(old.id).await.unwrap().unwrap();
    assert_eq!(file.kept_for, Some(TimeDelta::zero()));

    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(world.app.delete_old_assets().await.unwrap(), 1);
    assert_eq!(world.app.asset(world.workspace_id, old.id).await.unwrap(), None);
    assert_eq!(world.backends.blobs.stat(&content_key(&old.content_hash)).await.unwrap(), None);
    let file = world.app.asset_file(young.id).await.unwrap().unwrap();
    assert_eq!(file.kept_for, Some(kept - TimeDelta::seconds(2)));
}

#[tokio::test]
async fn without_a_lifetime_assets_stay() {
    let world = World::new().await;
    let asset = world.upload("me.png", PNG).await;
    world.clock.advance(TimeDelta::days(10_000));
    assert_eq!(world.app.delete_old_assets().await.unwrap(), 0);
    assert_eq!(world.app.asset_file(asset.id).await.unwrap().unwrap().kept_for, None);
}
