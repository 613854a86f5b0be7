//! Pictures made from descriptions, and what was done to looks.

use rostrum_model::avatar::LookTreatment;
use rostrum_model::ids::{AvatarGroupId, PhotoGenerationId, WorkspaceId};
use rostrum_model::photo_generation::{
    AgeRange, Ethnicity, Gender, GeneratedPicture, GenerationState, Orientation, PhotoBrief, PhotoGeneration,
    PhotoPose, PhotoStyle, Sitter,
};
use rostrum_model::picture::Size;
use rostrum_store::StoreError;

use crate::database::Fresh;
use crate::records::{Records, at};

fn generation(records: &Records, workspace_id: WorkspaceId, sitter: Sitter) -> PhotoGeneration {
    let (pose, style) = (PhotoPose::CloseUp, PhotoStyle::Noir);
    let id = PhotoGenerationId::from_uuid(records.asset(workspace_id).id.as_uuid());
    PhotoGeneration {
        id,
        workspace_id,
        brief: PhotoBrief { sitter, orientation: Orientation::Vertical, pose, style },
        seed: u32::MAX,
        pictures: (0..4).map(|_| records.asset(workspace_id).id).collect(),
        state: GenerationState::Pending,
        created_at: at(i64::from(id.as_uuid().as_bytes()[15])),
    }
}

fn stranger() -> Sitter {
    Sitter::Stranger {
        name: "Ada".to_owned(),
        age: AgeRange::Senior,
        gender: Gender::Woman,
        ethnicity: Ethnicity::SouthEastAsian,
        appearance: "in a \"green\" coat 🙂".to_owned(),
    }
}

pub(crate) async fn a_generation_is_read_back_as_added_and_only_by_its_workspace(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (mine, other) = (records.stored_workspace(&store).await, records.stored_workspace(&store).await);
    let photo = records.asset(mine).id;
    let group_id = AvatarGroupId::from_uuid(photo.as_uuid());
    let group = records.avatar_group(mine);
    let base = records.look(&group, &records.asset(mine)).appearance;
    let prompt = "at the sea".to_owned();
    let mut sitters = vec![stranger(), Sitter::Photographed { group_id, photo, prompt: prompt.clone() }];
    sitters.extend(base.map(|base| Sitter::Drawn { group_id, base, prompt }));
    for sitter in sitters {
        let generation = generation(&records, mine, sitter);
        store.photo_generations().add(&generation).await.unwrap();
        assert_eq!(
            store.photo_generations().get(mine, generation.id).await.unwrap(),
            Some(generation.clone())
        );
        assert_eq!(store.photo_generations().get(other, generation.id).await.unwrap(), None);
        assert!(matches!(store.photo_generations().add(&generation).await, Err(StoreError::Conflict(_))));
    }
}

pub(crate) async fn a_generation_ends_once(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mine = records.stored_workspace(&store).await;
    let generations = store.photo_generations();
    let mut open = Vec::new();
    for _ in 0..3 {
        let generation = generation(&records, mine, stranger());
        generations.add(&generation).await.unwrap();
        open.push(generation);
    }
    assert_eq!(generations.list_unfinished().await.unwrap(), open);
    let working = open[0].start().unwrap();
    assert!(generations.update_state(&working).await.unwrap());
    let done = working.succeed(Some("drawn".to_owned())).unwrap();
    assert!(generations.update_state(&done).await.unwrap());
    let failed = open[1].fail("no".to_owned()).unwrap();
    assert!(generations.update_state(&failed).await.unwrap());
    assert!(!generations.update_state(&working).await.unwrap());
    assert!(!generations.update_state(&open[0].fail("late".to_owned()).unwrap()).await.unwrap());
    assert_eq!(generations.get_any(done.id).await.unwrap(), Some(done));
    assert_eq!(generations.get_any(failed.id).await.unwrap(), Some(failed));
    assert_eq!(generations.list_unfinished().await.unwrap(), [open[2].clone()]);
    generations.delete(open[2].id).await.unwrap();
    assert_eq!(generations.list_unfinished().await.unwrap(), []);
}

pub(crate) async fn a_generated_picture_is_known_while_its_asset_is_there(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (mine, other) = (records.stored_workspace(&store).await, records.stored_workspace(&store).await);
    let generations = store.photo_generations();
    let asset = records.asset(mine);
    let picture = GeneratedPicture { asset_id: asset.id, workspace_id: mine, appearance: None };
    assert!(matches!(generations.add_picture(&picture).await, Err(StoreError::Conflict(_))));
    store.assets().add(&asset).await.unwrap();
    generations.add_picture(&picture).await.unwrap();
    // A step that is run again notes it again.
    generations.add_picture(&picture).await.unwrap();
    assert_eq!(generations.picture(mine, asset.id).await.unwrap(), Some(picture));
    assert_eq!(generations.picture(other, asset.id).await.unwrap(), None);
    store.assets().delete(mine, asset.id).await.unwrap();
    assert_eq!(generations.picture(mine, asset.id).await.unwrap(), None);
}

pub(crate) async fn treatments_of_a_look_are_kept_side_by_side_and_go_with_it(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mine = records.stored_workspace(&store).await;
    let (photo, larger) = (records.asset(mine), records.asset(mine));
    store.assets().add(&photo).await.unwrap();
    store.assets().add(&larger).await.unwrap();
    let group = records.avatar_group(mine);
    let look = records.look(&group, &photo);
    store.avatars().add_group(&group, &look).await.unwrap();
    let treatments = store.look_treatments();
    assert!(treatments.of([look.id]).await.unwrap().is_empty());
    treatments.set_motion(look.id, "nodding").await.unwrap();
    let size = Size { width: 1080, height: 1200 };
    assert!(treatments.enlarge(&look, larger.id, size).await.unwrap());
    // Another request that saw the first picture comes too late.
    assert!(!treatments.enlarge(&look, photo.id, size).await.unwrap());
    treatments.set_motion(look.id, "waving").await.unwrap();
    let both = LookTreatment { enlarged: true, motion_prompt: Some("waving".to_owned()) };
    assert_eq!(treatments.of([look.id]).await.unwrap().remove(&look.id), Some(both));
    let found = store.avatars().look(mine, look.id).await.unwrap().unwrap();
    assert_eq!((found.photo, found.size), (larger.id, size));
    assert_eq!(store.avatars().look_any(look.id).await.unwrap(), Some(found));
    store.avatars().delete_look(mine, look.id).await.unwrap();
    assert!(treatments.of([look.id]).await.unwrap().is_empty());
    assert!(matches!(treatments.set_motion(look.id, "x").await, Err(StoreError::Conflict(_))));
}
