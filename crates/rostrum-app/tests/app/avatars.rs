//! Lists without pages, and consents in time.

use chrono::TimeDelta;
use rostrum_app::avatars::MAX_LISTED;
use rostrum_app::consents::{CONSENT_LIFETIME, ConsentPageError, NewConsent, Signer};
use rostrum_model::asset::Asset;
use rostrum_model::avatar::{AvatarGroup, Look};
use rostrum_model::clock::{Chance, Clock};
use rostrum_model::consent::ConsentClosed;
use rostrum_model::ids::{AvatarGroupId, LookId};
use rostrum_model::picture::Size;

use crate::world::{PNG, World};

/// Numbers up, so that thousands of ids differ and go in order.
struct Numbers(std::sync::atomic::AtomicU64);

impl Chance for Numbers {
    fn fill(&self, bytes: &mut [u8]) {
        let number = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed).to_be_bytes();
        bytes.fill(0);
        bytes[2..10].copy_from_slice(&number);
    }
}

/// A group with a number of looks, newest first.
async fn stored(world: &World, photo: &Asset, looks: usize) -> (AvatarGroup, Vec<Look>) {
    let numbers = Numbers(1.into());
    let created_at = world.clock.now();
    let group = AvatarGroup {
        id: AvatarGroupId::generate(&*world.clock, &numbers),
        workspace_id: world.workspace_id,
        name: "Ada".to_owned(),
        default_voice_id: None,
        created_at,
    };
    let look = |number: usize| Look {
        id: LookId::generate(&*world.clock, &numbers),
        workspace_id: world.workspace_id,
        group_id: group.id,
        name: number.to_string(),
        photo: photo.id,
        size: Size { width: 1, height: 1 },
        appearance: None,
        footage: None,
        created_at: created_at + TimeDelta::microseconds(number as i64),
    };
    let mut looks: Vec<Look> = (0..looks).map(look).collect();
    let avatars = world.backends.store.avatars();
    avatars.add_group(&group, &looks[0]).await.unwrap();
    avatars.add_looks(&looks[1..]).await.unwrap();
    looks.reverse();
    (group, looks)
}

#[tokio::test]
async fn a_list_without_pages_has_all_up_to_its_bound_newest_first() {
    let world = World::new().await;
    let photo = world.upload("me.png", PNG).await;
    let (group, looks) = stored(&world, &photo, MAX_LISTED + 3).await;
    let listed = world.app.all_looks(world.workspace_id, Some(group.id)).await.unwrap();
    let listed: Vec<Look> = listed.into_iter().map(|shown| shown.look).collect();
    assert!(listed == looks[..MAX_LISTED], "{} looks", listed.len());
    let (groups, total) = world.app.all_avatar_groups(world.workspace_id).await.unwrap();
    assert_eq!((groups.len(), total, groups[0].summary.look_count), (1, 1, looks.len() as u64));
}

#[tokio::test]
async fn a_person_can_agree_until_the_page_expires() {
    let world = World::new().await;
    let photo = world.upload("me.png", PNG).await;
    let (group, _) = stored(&world, &photo, 1).await;
    let ask = || async {
        let new = NewConsent { group_id: group.id, text: None, video: None, reroute_url: None };
        world.app.ask_consent(world.workspace_id, new).await.unwrap().token.unwrap()
    };
    let signer = || Signer { name: "Ada".to_owned(), address: None, forwarded_for: None };
    let (in_time, late) = (ask().await, ask().await);
    world.clock.advance(CONSENT_LIFETIME);
    assert_eq!(world.app.agree(&in_time, signer()).await.unwrap(), None);
    let again = world.app.agree(&in_time, signer()).await;
    assert!(matches!(again, Err(ConsentPageError::Closed(ConsentClosed::Used { .. }))), "{again:?}");
    world.clock.advance(TimeDelta::seconds(1));
    for refused in [world.app.agree(&late, signer()).await.err(), world.app.open_consent(&late).await.err()] {
        let expired = matches!(refused, Some(ConsentPageError::Closed(ConsentClosed::Expired { .. })));
        assert!(expired, "{refused:?}");
    }
    let unknown = world.app.open_consent("0").await;
    assert!(matches!(unknown, Err(ConsentPageError::NotFound)), "{unknown:?}");
    let consents = world.app.consents(world.workspace_id, group.id).await.unwrap().unwrap();
    assert_eq!(consents.len(), 2);
}
