//! Folders.

use rostrum_model::asset::Asset;
use rostrum_model::folder::{Folder, FolderName, InFolder, ProjectType};
use rostrum_model::ids::WorkspaceId;
use rostrum_store::{AssetFilter, FolderCursor, FolderFilter, Store};

use crate::database::Fresh;
use crate::records::{Records, at};

async fn names(store: &Store, workspace_id: WorkspaceId, filter: &FolderFilter) -> Vec<String> {
    let folders = store.folders().list(workspace_id, filter, 100, None).await.unwrap();
    assert_eq!(store.folders().count(workspace_id, filter).await.unwrap(), folders.len() as u64);
    folders.iter().map(|folder| folder.name.as_str().to_owned()).collect()
}

async fn stored(store: &Store, folder: Folder) -> Folder {
    store.folders().add(&folder).await.unwrap();
    folder
}

pub(crate) async fn a_folder_is_read_back_as_added_and_only_by_its_workspace(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (mine, theirs) = (records.stored_workspace(&store).await, records.stored_workspace(&store).await);
    let mut above = None;
    for project_type in ProjectType::ALL {
        let folder = Folder { project_type, parent_id: above, ..records.folder(mine, "Frühling") };
        store.folders().add(&folder).await.unwrap();
        assert_eq!(store.folders().get(mine, folder.id).await.unwrap(), Some(folder.clone()));
        assert_eq!(store.folders().get(theirs, folder.id).await.unwrap(), None);
        above = Some(folder.id);
    }
    let other = FolderName::new("Other").unwrap();
    assert!(!store.folders().rename(theirs, above.unwrap(), &other).await.unwrap());
    assert!(store.folders().rename(mine, above.unwrap(), &other).await.unwrap());
    assert_eq!(store.folders().get(mine, above.unwrap()).await.unwrap().unwrap().name, other);
    store.folders().trash(theirs, above.unwrap(), at(0)).await.unwrap();
    assert_eq!(store.folders().get(mine, above.unwrap()).await.unwrap().unwrap().trashed, None);
    assert!(names(&store, theirs, &FolderFilter::default()).await.is_empty());
}

pub(crate) async fn folders_are_listed_newest_first_by_parent_and_part_of_the_name(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mine = records.stored_workspace(&store).await;
    let spring = stored(&store, records.folder(mine, "Frühling 100%")).await;
    stored(&store, Folder { parent_id: Some(spring.id), ..records.folder(mine, "März") }).await;
    stored(&store, records.folder(mine, "Sommer")).await;
    let all = FolderFilter::default();
    assert_eq!(names(&store, mine, &all).await, ["Sommer", "März", "Frühling 100%"]);
    let below = FolderFilter { parent_id: Some(spring.id), ..all.clone() };
    assert_eq!(names(&store, mine, &below).await, ["März"]);
    for (text, expected) in [("ÜHL", 1), ("0%", 1), ("%", 1), ("m", 2), ("x", 0)] {
        let filter = FolderFilter { name_contains: Some(text.to_owned()), ..all.clone() };
        assert_eq!(names(&store, mine, &filter).await.len(), expected, "{text}");
    }
    let first = store.folders().list(mine, &all, 2, None).await.unwrap();
    let rest = store.folders().list(mine, &all, 2, Some(FolderCursor::after(&first[1]))).await.unwrap();
    assert_eq!(rest, [spring]);
}

pub(crate) async fn what_went_to_the_trash_together_comes_back_together(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mine = records.stored_workspace(&store).await;
    let a = stored(&store, records.folder(mine, "a")).await;
    let b = stored(&store, Folder { parent_id: Some(a.id), ..records.folder(mine, "b") }).await;
    let c = stored(&store, Folder { parent_id: Some(b.id), ..records.folder(mine, "c") }).await;
    stored(&store, Folder { parent_id: Some(b.id), ..records.folder(mine, "d") }).await;
    let (kept, trash) = (FolderFilter::default(), FolderFilter { trashed: true, ..FolderFilter::default() });

    store.folders().trash(mine, c.id, at(1)).await.unwrap();
    assert_eq!(names(&store, mine, &kept).await, ["d", "b", "a"]);
    store.folders().trash(mine, a.id, at(2)).await.unwrap();
    assert!(names(&store, mine, &kept).await.is_empty());
    assert_eq!(names(&store, mine, &trash).await, ["d", "c", "b", "a"]);
    store.folders().restore(mine, b.id).await.unwrap();
    assert!(names(&store, mine, &kept).await.is_empty(), "b went there with a");
    store.folders().restore(mine, a.id).await.unwrap();
    assert_eq!(names(&store, mine, &kept).await, ["d", "b", "a"]);
    assert_eq!(names(&store, mine, &trash).await, ["c"]);
}

pub(crate) async fn assets_are_listed_by_folder_and_not_out_of_the_trash(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mine = records.stored_workspace(&store).await;
    let folder = stored(&store, records.folder(mine, "a")).await;
    let (lies_in, loose) = (Asset { folder_id: Some(folder.id), ..records.asset(mine) }, records.asset(mine));
    store.assets().add(&lies_in).await.unwrap();
    store.assets().add(&loose).await.unwrap();
    let listed = async |folder: InFolder| {
        let filter = AssetFilter::of_kind(None, folder);
        store.assets().list(mine, &filter, 10, None).await.unwrap()
    };
    assert_eq!(listed(InFolder::Anywhere).await, [loose.clone(), lies_in.clone()]);
    assert_eq!(listed(InFolder::Root).await, std::slice::from_ref(&loose));
    assert_eq!(listed(InFolder::Folder(folder.id)).await, std::slice::from_ref(&lies_in));
    store.folders().trash(mine, folder.id, at(1)).await.unwrap();
    assert_eq!(listed(InFolder::Anywhere).await, [loose]);
    assert_eq!(listed(InFolder::Folder(folder.id)).await, std::slice::from_ref(&lies_in));
    assert_eq!(store.assets().get(mine, lies_in.id).await.unwrap(), Some(lies_in));
}

pub(crate) async fn assets_are_found_by_the_beginnings_of_words_in_their_names(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mine = records.stored_workspace(&store).await;
    for name in ["Große_Katze-am.Fenster.png", "100% Hund.png"] {
        store.assets().add(&Asset { name: name.to_owned(), ..records.asset(mine) }).await.unwrap();
    }
    let filter = AssetFilter::of_kind(None, InFolder::Anywhere);
    for (words, found) in [
        ("KATZ", 1),
        ("fenster große", 1),
        ("atze", 0),
        ("png", 2),
        ("katze hund", 2),
        ("100", 1),
        ("%", 0),
        ("_", 0),
    ] {
        let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
        let assets = store.assets().search(mine, &filter, &words, 10).await.unwrap();
        assert_eq!(assets.len(), found, "{words:?}");
        assert!(store.assets().search(mine, &filter, &words, 1).await.unwrap().len() <= 1);
    }
}
