//! Brand glossaries.

use rostrum_model::glossary::{BrandGlossary, GlossaryContent};
use rostrum_store::{GlossaryCursor, StoreError};

use crate::database::Fresh;
use crate::records::{Records, at};

pub(crate) async fn a_glossary_is_read_back_as_added_and_only_by_its_workspace(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (mine, other) = (records.stored_workspace(&store).await, records.stored_workspace(&store).await);
    let glossary = records.glossary(mine, "Names");
    store.brand_glossaries().add(&glossary).await.unwrap();
    assert_eq!(store.brand_glossaries().get(mine, glossary.id).await.unwrap(), Some(glossary.clone()));
    assert_eq!(store.brand_glossaries().get(other, glossary.id).await.unwrap(), None);
    assert!(
        !store
            .brand_glossaries()
            .update(&BrandGlossary { workspace_id: other, ..glossary.clone() })
            .await
            .unwrap()
    );
    assert!(!store.brand_glossaries().delete(other, glossary.id).await.unwrap());
    assert!(store.brand_glossaries().delete(mine, glossary.id).await.unwrap());
    assert!(!store.brand_glossaries().delete(mine, glossary.id).await.unwrap());
}

pub(crate) async fn names_of_glossaries_are_unique_in_a_workspace_in_any_case(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (mine, other) = (records.stored_workspace(&store).await, records.stored_workspace(&store).await);
    store.brand_glossaries().add(&records.glossary(mine, "Äpfel")).await.unwrap();
    let same = store.brand_glossaries().add(&records.glossary(mine, "äPFEL")).await;
    assert!(matches!(same, Err(StoreError::Conflict(_))));
    store.brand_glossaries().add(&records.glossary(other, "Äpfel")).await.unwrap();
    let pears = records.glossary(mine, "Birnen");
    store.brand_glossaries().add(&pears).await.unwrap();
    let renamed = store.brand_glossaries().update(&BrandGlossary { name: "ÄPFEL".to_owned(), ..pears }).await;
    assert!(matches!(renamed, Err(StoreError::Conflict(_))));
}

pub(crate) async fn a_changed_glossary_keeps_its_place_in_the_list(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mine = records.stored_workspace(&store).await;
    let (first, second) = (records.glossary(mine, "first"), records.glossary(mine, "second"));
    store.brand_glossaries().add(&first).await.unwrap();
    store.brand_glossaries().add(&second).await.unwrap();
    let changed = BrandGlossary {
        name: "First".to_owned(),
        content: GlossaryContent::default(),
        updated_at: at(500),
        ..first
    };
    assert!(store.brand_glossaries().update(&changed).await.unwrap());
    assert_eq!(
        store.brand_glossaries().list(mine, 9, None).await.unwrap(),
        [second.clone(), changed.clone()]
    );
    let after = Some(GlossaryCursor::after(&second));
    assert_eq!(store.brand_glossaries().list(mine, 9, after).await.unwrap(), [changed]);
}
