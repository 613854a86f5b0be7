//! Avatars: groups and their looks.

use sea_orm_migration::schema::{big_integer, pk_uuid, text, text_null, timestamp_with_time_zone, uuid};
use sea_orm_migration::sea_orm::{DbErr, DeriveIden, DeriveMigrationName};
use sea_orm_migration::sea_query::{ForeignKey, ForeignKeyAction, Index, Table};
use sea_orm_migration::{MigrationTrait, SchemaManager};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let groups = Table::create()
            .table(AvatarGroups::Table)
            .col(pk_uuid(AvatarGroups::Id))
            .col(uuid(AvatarGroups::WorkspaceId))
            .col(text(AvatarGroups::Name))
            .col(text_null(AvatarGroups::DefaultVoiceId))
            .col(timestamp_with_time_zone(AvatarGroups::CreatedAt))
            .foreign_key(
                ForeignKey::create()
                    .from(AvatarGroups::Table, AvatarGroups::WorkspaceId)
                    .to(Workspaces::Table, Workspaces::Id),
            )
            .take();
        manager.create_table(groups).await?;
        let groups_newest_first = Index::create()
            .name("avatar_groups_newest_first")
            .table(AvatarGroups::Table)
            .col(AvatarGroups::WorkspaceId)
            .col(AvatarGroups::CreatedAt)
            .col(AvatarGroups::Id)
            .take();
        manager.create_index(groups_newest_first).await?;
        let looks = Table::create()
            .table(Looks::Table)
            .col(pk_uuid(Looks::Id))
            .col(uuid(Looks::WorkspaceId))
            .col(uuid(Looks::GroupId))
            .col(text(Looks::Name))
            .col(uuid(Looks::PhotoId))
            .col(big_integer(Looks::Width))
            .col(big_integer(Looks::Height))
            .col(timestamp_with_time_zone(Looks::CreatedAt))
            .foreign_key(
                ForeignKey::create()
                    .from(Looks::Table, Looks::GroupId)
                    .to(AvatarGroups::Table, AvatarGroups::Id)
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .foreign_key(
                ForeignKey::create().from(Looks::Table, Looks::PhotoId).to(Assets::Table, Assets::Id),
            )
            .take();
        manager.create_table(looks).await?;
        for (name, first) in [
            ("looks_newest_first", Looks::WorkspaceId),
            ("looks_of_a_group", Looks::GroupId),
            ("looks_of_a_photo", Looks::PhotoId),
        ] {
            let index = Index::create()
                .name(name)
                .table(Looks::Table)
                .col(first)
                .col(Looks::CreatedAt)
                .col(Looks::Id)
                .take();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

#[derive(DeriveIden)]
enum AvatarGroups {
    Table,
    Id,
    WorkspaceId,
    Name,
    DefaultVoiceId,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Looks {
    Table,
    Id,
    WorkspaceId,
    GroupId,
    Name,
    PhotoId,
    Width,
    Height,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Workspaces {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum Assets {
    Table,
    Id,
}
