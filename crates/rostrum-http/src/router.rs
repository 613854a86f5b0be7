//! All routes, one line each.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::routing::{delete, get, patch, post, put};
use rostrum_app::assets::MAX_UPLOAD_BYTES;
use tower::util::option_layer;

use crate::{
    HttpState, api_error, consents, files, health, keyed_requests, middleware, not_built, pages, players,
    reference, tus, unknown_fields, uploads, v1, v2, v3,
};

/// JSON bodies are small: the longest, a script of 5000 characters, is far below this.
const MAX_JSON_BYTES: usize = 1024 * 1024;

/// A hundred requests for videos in one body.
pub(crate) const MAX_BATCH_BYTES: usize = 64 * 1024 * 1024;

/// For JSON bodies that may have files of up to 32 MB in them, as Base64, which is a third longer.
fn files_in_json() -> DefaultBodyLimit {
    DefaultBodyLimit::max(MAX_JSON_BYTES + MAX_UPLOAD_BYTES as usize / 3 * 4)
}

fn webhooks() -> Router<HttpState> {
    Router::new()
        .route("/v3/webhooks/endpoints", get(v3::webhooks::list).post(v3::webhooks::create))
        .route(
            "/v3/webhooks/endpoints/{endpoint_id}",
            patch(v3::webhooks::change).delete(v3::webhooks::delete),
        )
        .route("/v3/webhooks/endpoints/{endpoint_id}/rotate-secret", post(v3::webhooks::rotate))
        .route("/v3/webhooks/event-types", get(v3::webhooks::event_types))
        .route("/v3/webhooks/events", get(v3::webhooks::events))
        .route("/v3/webhooks/events/{event_id}", get(v3::webhooks::event))
        .route("/v3/webhooks/events/{event_id}/redeliver", post(v3::webhooks::redeliver))
}

/// The whole HTTP surface.
pub fn router(state: &HttpState) -> Router {
    let once = from_fn_with_state(state.clone(), keyed_requests::once);
    let pages = middleware::open_to(&state.options.cors_origins);
    let api = |part: Router<HttpState>| {
        // Asking beforehand, as browsers do, is no method of a route.
        let part = part.route_layer(once.clone()).method_not_allowed_fallback(api_error::no_such_method);
        part.layer(option_layer(pages.clone()))
    };
    let routes = routes(api).merge(not_built::routes());
    middleware::apply(routes.with_state(state.clone()), state)
}

/// All routes; `api` is done to those of the API, below what gives errors another envelope.
pub(crate) fn routes(api: impl Fn(Router<HttpState>) -> Router<HttpState>) -> Router<HttpState> {
    let v3 = Router::new()
        // Streamed and counted by the use case, so the frame's own limit is off.
        .route(
            "/v3/assets",
            post(v3::assets::create).layer(DefaultBodyLimit::disable()).get(v3::assets::list),
        )
        .route("/v3/assets/search", get(v3::asset_search::search))
        .route("/v3/assets/statuses", get(v3::uploads::statuses))
        .route("/v3/assets/direct-uploads", post(v3::uploads::create))
        .route("/v3/assets/direct-uploads/batches", post(v3::uploads::create_batch))
        .route("/v3/assets/complete/batches", post(v3::uploads::complete_batch))
        .route("/v3/assets/batches/{batch_id}", get(v3::uploads::get_batch))
        .route("/v3/assets/{asset_id}", get(v3::assets::get).delete(v3::assets::delete))
        .route("/v3/assets/{asset_id}/complete", post(v3::uploads::complete))
        .route("/v3/assets/{asset_id}/renew", post(v3::uploads::renew))
        .route("/v3/avatars", get(v3::avatars::list).post(v3::avatars::create).layer(files_in_json()))
        .route("/v3/avatars/looks", get(v3::avatars::list_looks))
        .route(
            "/v3/avatars/looks/{look_id}",
            get(v3::avatars::get_look).patch(v3::avatars::change_look).delete(v3::avatars::delete_look),
        )
        .route(
            "/v3/avatars/{group_id}/consent",
            get(v3::consents::list).post(v3::consents::ask).layer(files_in_json()),
        )
        .route(
            "/v3/avatars/{group_id}",
            get(v3::avatars::get).patch(v3::avatars::change).delete(v3::avatars::delete),
        )
        .route("/v3/brand-glossaries", get(v3::brand_glossaries::list).post(v3::brand_glossaries::create))
        .route(
            "/v3/brand-glossaries/{brand_glossary_id}",
            get(v3::brand_glossaries::get)
                .patch(v3::brand_glossaries::change)
                .delete(v3::brand_glossaries::delete),
        )
        .merge(webhooks())
        .route("/v3/users/me", get(v3::users::me))
        .route("/v3/voices", get(v3::voices::list).post(v3::voices::design))
        .route("/v3/voices/clone", post(v3::voices::clone).layer(files_in_json()))
        .route("/v3/voices/speech", post(v3::voices::create_speech))
        .route("/v3/voices/{voice_id}", get(v3::voices::get).delete(v3::voices::delete));

    let tus = Router::new()
        .route("/v3/assets/tus", post(tus::create).options(tus::options))
        // Clients are often told addresses of this protocol with a slash at the end.
        .route("/v3/assets/tus/", post(tus::create).options(tus::options))
        .route(
            "/v3/assets/tus/{asset_id}",
            post(tus::overridden).patch(tus::patch).head(tus::head).delete(tus::delete).options(tus::options),
        )
        .method_not_allowed_fallback(api_error::no_such_method)
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(tus::speak));

    let files = Router::new()
        // Where the oldest clients look for an asset they know by its id.
        .route("/asset/{asset_id}", get(files::asset))
        .route("/asset/{asset_id}/{file}", get(files::derived))
        .route(
            "/uploads/{asset_id}/{permission}",
            put(uploads::put)
                .options(uploads::preflight)
                .layer(DefaultBodyLimit::disable())
                .layer(map_response(uploads::open_to_pages)),
        )
        .route("/files/assets/{asset_id}", get(files::asset))
        .route("/files/videos/{video_id}/{file}", get(files::video))
        .route("/files/speech/{file}", get(files::speech))
        .route("/files/voices/{file}", get(files::voice))
        .route("/files/presenters/{look_id}/{file}", get(files::presenter))
        .route("/files/looks/{look_id}/{file}", get(files::motion_preview));

    let consents = Router::new()
        .route("/consents/style.css", get(consents::style))
        .route("/consents/{token}", get(consents::show).post(consents::agree))
        .layer(map_response(consents::as_page));

    let players = Router::new()
        .route("/videos/style.css", get(players::style))
        .route("/videos/{video_id}", get(players::show))
        .route("/share/{video_id}", get(players::show))
        .layer(map_response(players::as_page));

    let reference = Router::new()
        .route("/docs", get(reference::page))
        .route("/docs/style.css", get(reference::style))
        .route("/docs/script.js", get(reference::script))
        .layer(map_response(reference::as_page))
        .route("/openapi.json", get(reference::document));

    let operations = Router::new()
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/favicon.ico", get(pages::icon));

    api(v3.merge(v3_videos()))
        .layer(from_fn(unknown_fields::tell))
        .merge(api(v2()).layer(map_response(v2::envelope)))
        .merge(api(v1()).layer(map_response(v1::envelope)))
        .merge(tus)
        .merge(files)
        .merge(consents)
        .merge(players)
        .merge(reference)
        .merge(operations)
        .fallback(api_error::no_such_route)
        .method_not_allowed_fallback(api_error::no_such_method)
        .layer(DefaultBodyLimit::max(MAX_JSON_BYTES))
}

fn v3_videos() -> Router<HttpState> {
    Router::new()
        .route("/v3/videos", get(v3::videos::list).post(v3::videos::create).layer(files_in_json()))
        .route(
            "/v3/videos/batches",
            post(v3::video_batches::create).layer(DefaultBodyLimit::max(MAX_BATCH_BYTES)),
        )
        .route("/v3/videos/batches/{batch_id}", get(v3::video_batches::get))
        .route("/v3/videos/statuses", get(v3::video_batches::statuses))
        .route("/v3/videos/{video_id}", get(v3::videos::get).delete(v3::videos::delete))
        .route("/v3/videos/{video_id}/cancel", post(v3::videos::cancel))
        .route("/v3/videos/{video_id}/scenes", get(v3::videos::scenes))
}

/// The second generation, and the newer operations of the first that speak like it.
fn v2() -> Router<HttpState> {
    Router::new()
        .route("/v2/user/remaining_quota", get(v3::users::remaining_quota))
        .route("/v2/voices", get(v2::voices::list))
        .route("/v2/voices/locales", get(v2::voices::list_locales))
        .route("/v2/avatars", get(v2::avatars::list))
        .route("/v2/avatar/{avatar_id}/details", get(v2::avatars::details))
        .route("/v2/avatar_group.list", get(v2::avatars::list_groups))
        .route("/v2/avatar_group/{group_id}/avatars", get(v2::avatars::list_of_group))
        .route("/v2/talking_photo/{id}", delete(v2::photo_avatars::delete))
        .route("/v2/photo_avatar/avatar_group/create", post(v2::photo_avatars::create))
        .route("/v2/photo_avatar/avatar_group/add", post(v2::photo_avatars::add))
        .route("/v2/photo_avatar/train", post(v2::photo_avatars::train))
        .route("/v2/photo_avatar/train/status/{group_id}", get(v2::photo_avatars::train_status))
        .route("/v2/photo_avatar/photo/generate", post(v2::photo_generations::generate_photo))
        .route("/v2/photo_avatar/look/generate", post(v2::photo_generations::generate_look))
        .route("/v2/photo_avatar/generation/{generation_id}", get(v2::photo_generations::get))
        .route("/v2/photo_avatar/add_motion", post(v2::photo_avatars::add_motion))
        .route("/v2/photo_avatar/add_sound_effect", post(v2::photo_avatars::add_sound_effect))
        .route("/v2/photo_avatar/upscale", post(v2::photo_avatars::upscale))
        .route("/v2/photo_avatar/{id}", get(v2::photo_avatars::get).delete(v2::photo_avatars::delete))
        .route("/v2/photo_avatar_group/{group_id}", delete(v2::photo_avatars::delete_group))
        .route("/v2/video/generate", post(v2::videos::generate))
        .route("/v2/video/av4/generate", post(v2::videos::generate_av4))
        .route("/v2/videos", get(v3::videos::list).post(v2::videos::create))
        .route("/v2/videos/{video_id}", get(v3::videos::get).delete(v3::videos::delete))
        .route("/v1/audio/voices", get(v2::voices::list_for_speech))
        .route("/v1/audio/text_to_speech", post(v2::voices::text_to_speech))
}

/// The first generation.
fn v1() -> Router<HttpState> {
    Router::new()
        .route("/v1/asset", post(v1::assets::create).layer(DefaultBodyLimit::disable()))
        .route("/v1/asset/list", get(v1::assets::list))
        .route("/v1/asset/{asset_id}/delete", post(v1::assets::delete))
        .route("/v1/folders", get(v1::folders::list))
        .route("/v1/folders/create", post(v1::folders::create))
        .route("/v1/folders/{folder_id}", post(v1::folders::rename))
        .route("/v1/folders/{folder_id}/trash", post(v1::folders::trash))
        .route("/v1/folders/{folder_id}/restore", post(v1::folders::restore))
        .route("/v1/video.webm", post(v1::videos::create_webm))
        .route("/v1/video.generate", post(v1::videos::generate))
        .route("/v1/video_status.get", get(v1::videos::status))
        .route("/v1/video.list", get(v1::videos::list))
        .route("/v1/video.delete", delete(v1::videos::delete))
        .route("/v1/video/caption.get", get(v1::videos::captions))
        .route("/v1/video/share", post(v1::videos::share))
        .route("/v1/user/me", get(v3::users::me_v1))
        .route("/v1/voice.list", get(v1::voices::list))
        .route("/v1/avatar.list", get(v1::avatars::list))
        .route("/v1/talking_photo.list", get(v1::avatars::list_talking_photos))
        .route(
            "/v1/talking_photo",
            post(v1::avatars::create_talking_photo).layer(DefaultBodyLimit::disable()),
        )
        .route("/v1/webhook/endpoint.add", post(v1::webhooks::add))
        .route("/v1/webhook/endpoint.list", get(v1::webhooks::list))
        .route("/v1/webhook/endpoint.update", patch(v1::webhooks::update))
        .route("/v1/webhook/endpoint.delete", delete(v1::webhooks::delete))
        .route("/v1/webhook/webhook.list", get(v1::webhooks::list_events))
}
