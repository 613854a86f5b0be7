//! What the store promises, on every database. Postgres tests start a private server; without its programs they fail
//! unless `ROSTRUM_SKIP_POSTGRES=1` is set.
#![expect(clippy::unwrap_used, reason = "tests, of which clippy knows only the marked functions")]

mod api_keys;
mod assets;
mod avatars;
mod brand_glossaries;
mod consents;
mod credits;
mod database;
mod deliveries;
mod events;
mod folders;
mod keyed_requests;
mod photo_generations;
mod records;
mod schema;
mod speeches;
mod uploads;
mod video_batches;
mod videos;
mod voices;
mod webhook_endpoints;
mod workspaces;

/// Makes one test for each database out of each function that takes a [`database::Fresh`] one.
macro_rules! on_every_database {
    ($($noun:ident: $($test:ident),+;)+) => {
        mod on_sqlite {$(
            mod $noun {$(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    crate::$noun::$test(crate::database::sqlite()).await;
                }
            )+}
        )+}
        mod on_postgres {$(
            mod $noun {$(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    if let Some(database) = crate::database::postgres() {
                        crate::$noun::$test(database).await;
                    }
                }
            )+}
        )+}
    };
}

on_every_database! {
    schema:
        migrating_twice_changes_nothing,
        processes_may_migrate_at_once,
        a_store_is_ready_only_when_migrated,
        clones_and_second_connections_see_the_same_records;
    workspaces:
        a_workspace_is_read_back_as_added,
        the_first_workspace_is_the_oldest_and_the_list_begins_with_it,
        a_taken_id_is_a_conflict;
    api_keys:
        a_key_opens_its_workspace_until_revoked,
        a_hash_can_be_added_only_once,
        a_key_needs_its_workspace,
        keys_are_listed_newest_first_and_only_to_their_workspace,
        revoking_twice_keeps_the_first_instant,
        another_workspace_cannot_revoke,
        a_replaced_key_is_good_until_its_end_and_the_new_one_at_once,
        a_last_use_is_written_at_most_once_a_minute_and_never_goes_back;
    assets:
        an_asset_is_read_back_as_added,
        every_media_type_can_be_stored,
        instants_are_kept_to_the_microsecond,
        another_workspace_sees_nothing,
        public_assets_are_seen_and_kept_by_every_workspace,
        pages_follow_each_other_without_gaps_or_repeats,
        a_page_may_start_after_a_deleted_asset,
        deleting_gives_the_asset_back_once,
        assets_with_the_same_bytes_are_counted_in_all_workspaces,
        one_kind_can_be_listed,
        an_impossible_size_is_refused,
        old_assets_of_all_workspaces_are_found_page_by_page;
    folders:
        a_folder_is_read_back_as_added_and_only_by_its_workspace,
        folders_are_listed_newest_first_by_parent_and_part_of_the_name,
        what_went_to_the_trash_together_comes_back_together,
        assets_are_listed_by_folder_and_not_out_of_the_trash,
        assets_are_found_by_the_beginnings_of_words_in_their_names;
    credits:
        a_limited_workspace_has_no_more_videos_than_it_can_pay_for,
        what_is_set_aside_is_settled_once,
        a_limit_begins_with_what_is_given,
        balances_are_the_sums_of_their_entries_whatever_happens;
    keyed_requests:
        a_request_is_read_back_as_added_and_only_once,
        a_request_goes_from_running_to_its_answer,
        an_interrupted_request_is_resumed_by_one,
        old_requests_are_forgotten;
    speeches:
        a_speech_is_read_back_as_added_and_only_once,
        a_speech_needs_its_workspace;
    events:
        an_asset_ends_being_pending_once_and_with_one_event,
        of_many_workers_one_ends_it,
        an_asset_that_cannot_be_decoded_says_why,
        pending_assets_are_listed_oldest_first,
        events_are_listed_newest_first_by_type_and_only_to_their_workspace,
        without_its_event_nothing_changes;
    uploads:
        an_upload_is_read_back_as_added_in_every_state,
        another_workspace_sees_nothing,
        a_batch_is_added_whole_or_not_at_all,
        the_first_instant_a_completion_was_asked_for_is_kept,
        an_upload_becomes_an_asset_once,
        only_open_uploads_expire_are_renewed_or_deleted,
        signing_keys_are_listed_newest_first_and_removed_by_age;
    videos:
        a_video_is_read_back_as_added_in_every_state,
        another_workspace_sees_nothing,
        a_state_moves_only_from_the_expected_one,
        of_many_workers_one_moves_the_state,
        a_finished_video_keeps_its_start,
        progress_only_grows_and_only_while_processing,
        titles_are_searched_in_any_case_and_without_wildcards,
        pages_follow_each_other_without_gaps_or_repeats,
        deleting_gives_the_video_back_once,
        unfinished_videos_are_pending_or_processing_oldest_first,
        videos_are_listed_by_folder_and_found_by_their_ids,
        the_time_that_finished_videos_took_is_told_newest_first;
    deliveries:
        a_video_ends_once_with_its_event_and_its_delivery,
        without_its_delivery_a_video_does_not_end,
        deliveries_are_due_in_their_order_until_they_end,
        an_event_is_told_once_with_all_its_deliveries;
    webhook_endpoints:
        an_endpoint_is_read_back_as_added_and_only_by_its_workspace,
        an_endpoint_is_disabled_once_and_with_one_event;
    video_batches:
        a_batch_is_read_back_as_added_and_only_by_its_workspace,
        an_item_is_decided_once_and_its_request_forgotten,
        a_batch_ends_once_with_its_event;
    voices:
        a_voice_is_read_back_as_added_and_only_by_its_workspace,
        a_blend_is_kept_once_in_a_workspace,
        voices_are_listed_newest_first_by_what_they_are,
        a_voice_ends_being_pending_once;
    brand_glossaries:
        a_glossary_is_read_back_as_added_and_only_by_its_workspace,
        names_of_glossaries_are_unique_in_a_workspace_in_any_case,
        a_changed_glossary_keeps_its_place_in_the_list;
    avatars:
        a_group_tells_how_many_looks_it_has_and_the_first,
        only_their_workspace_sees_and_changes_avatars,
        the_last_look_takes_its_group_along,
        looks_are_added_all_or_none,
        a_photo_stays_while_a_look_shows_it,
        footage_ends_being_studied_once_and_with_one_event;
    photo_generations:
        a_generation_is_read_back_as_added_and_only_by_its_workspace,
        a_generation_ends_once,
        a_generated_picture_is_known_while_its_asset_is_there,
        treatments_of_a_look_are_kept_side_by_side_and_go_with_it;
    consents:
        a_consent_is_found_by_its_token_and_given_once,
        a_video_is_a_consent_and_stays_while_it_is_one,
        consents_are_listed_only_to_their_workspace_and_go_with_their_group;
}
