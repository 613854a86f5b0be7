//! Folders, the words of assets' names, and the workspace of what everybody may use.

use rostrum_model::workspace::PUBLIC_WORKSPACE;
use sea_orm_migration::schema::{
    pk_uuid, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
};
use sea_orm_migration::sea_orm::{ConnectionTrait, DbErr, DeriveIden, DeriveMigrationName};
use sea_orm_migration::sea_query::{ForeignKey, Index, Query, Table};
use sea_orm_migration::{MigrationTrait, SchemaManager};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let folders = Table::create()
            .table(Folders::Table)
            .col(pk_uuid(Folders::Id))
            .col(uuid(Folders::WorkspaceId))
            .col(uuid_null(Folders::ParentId))
            .col(text(Folders::Name))
            .col(text(Folders::NameFolded))
            .col(text(Folders::ProjectType))
            .col(timestamp_with_time_zone_null(Folders::TrashedAt))
            .col(uuid_null(Folders::TrashedWith))
            .col(timestamp_with_time_zone(Folders::CreatedAt))
            .foreign_key(
                ForeignKey::create()
                    .from(Folders::Table, Folders::WorkspaceId)
                    .to(Workspaces::Table, Workspaces::Id),
            )
            .foreign_key(
                ForeignKey::create().from(Folders::Table, Folders::ParentId).to(Folders::Table, Folders::Id),
            )
            .take();
        manager.create_table(folders).await?;
        let newest_first = Index::create()
            .name("folders_newest_first")
            .table(Folders::Table)
            .col(Folders::WorkspaceId)
            .col(Folders::CreatedAt)
            .col(Folders::Id)
            .take();
        manager.create_index(newest_first).await?;
        let below = Index::create().name("folders_below").table(Folders::Table).col(Folders::ParentId).take();
        manager.create_index(below).await?;

        let alter = |column| Table::alter().table(Assets::Table).add_column(column).take();
        manager.alter_table(alter(uuid_null(Assets::FolderId))).await?;
        manager.alter_table(alter(text_null(Assets::SearchName))).await?;
        let of_folder = Index::create()
            .name("assets_of_folder")
            .table(Assets::Table)
            .col(Assets::FolderId)
            .col(Assets::CreatedAt)
            .col(Assets::Id)
            .take();
        manager.create_index(of_folder).await?;
        let alter = |column| Table::alter().table(Uploads::Table).add_column(column).take();
        manager.alter_table(alter(uuid_null(Uploads::FolderId))).await?;

        // What is written for new assets, near enough.
        let words = "' ' || replace(replace(replace(lower(name), '_', ' '), '-', ' '), '.', ' ')";
        let database = manager.get_connection();
        database.execute_unprepared(&format!("UPDATE assets SET search_name = {words}")).await?;
        let everybody = Query::insert()
            .into_table(Workspaces::Table)
            .columns([Workspaces::Id, Workspaces::Name, Workspaces::CreatedAt])
            .values_panic([
                PUBLIC_WORKSPACE.as_uuid().into(),
                "public".into(),
                chrono::DateTime::UNIX_EPOCH.into(),
            ])
            .take();
        database.execute(&everybody).await?;
        Ok(())
    }
}

#[derive(DeriveIden)]
enum Folders {
    Table,
    Id,
    WorkspaceId,
    ParentId,
    Name,
    NameFolded,
    ProjectType,
    TrashedAt,
    TrashedWith,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Assets {
    Table,
    Id,
    CreatedAt,
    FolderId,
    SearchName,
}

#[derive(DeriveIden)]
enum Uploads {
    Table,
    FolderId,
}

#[derive(DeriveIden)]
enum Workspaces {
    Table,
    Id,
    Name,
    CreatedAt,
}
