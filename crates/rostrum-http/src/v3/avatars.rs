//! `/v3/avatars`.

use std::collections::HashMap;
use std::str::FromStr;

use axum::Json;
use axum::extract::{Path, Query as QueryOf, State};
use rostrum_api::error::Refusal;
use rostrum_api::v3::Data;
use rostrum_api::v3::avatars::{
    AvatarGroup, AvatarItem, ChangeGroup, CreateAvatar, CreatePhotoAvatar, CreatePromptAvatar, CreatedAvatar,
    DeletedAvatar, Presenter, Shown, cast_is_shared, group_not_found, look_not_found, new_name, shown,
};
use rostrum_api::v3::page::{Page, limit};
use rostrum_app::avatars::{
    GroupChange, GroupCursor, LookCursor, LookFilter, NewPhotoAvatar, NewPromptAvatar, Person, ShownGroup,
    ShownLook, motion_version,
};
use rostrum_app::pages::{Cursor, cursor_from_text};
use rostrum_app::presenters::PREVIEW_SIZE;
use rostrum_app::presenters::cast::{self, CastLook, CastMember};
use rostrum_model::ids::{AvatarGroupId, LookId};

use super::{Query, twins};
use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, JsonBody, Origin, Pages};
use crate::keyed_requests::OnBehalf;

/// The id of a group of the workspace's own, which may be changed.
pub(super) fn group_id(text: &str) -> Result<AvatarGroupId, ApiError> {
    if cast::member(text).is_some() {
        return Err(cast_is_shared("group_id", text).into());
    }
    text.parse().map_err(|_| group_not_found(text).into())
}

/// The id of a look of the workspace's own, which may be changed.
fn look_id(text: &str) -> Result<LookId, ApiError> {
    if cast::look(text).is_some() {
        return Err(cast_is_shared("look_id", text).into());
    }
    text.parse().map_err(|_| look_not_found(text).into())
}

/// Make an avatar of a photo: a new person, or another look of one. Its face is checked before the answer.
pub(crate) async fn create(
    OnBehalf(state): OnBehalf,
    caller: Caller,
    origin: Origin,
    JsonBody(body): JsonBody,
) -> Result<Json<Data<CreatedAvatar>>, ApiError> {
    let CreatePhotoAvatar { name, file, group_id } = match CreateAvatar::from_json(body)? {
        CreateAvatar::Photo(photo) => photo,
        CreateAvatar::Prompt(prompt) => return draw(&state, &caller, &origin, prompt).await,
        CreateAvatar::DigitalTwin(twin) => return twins::create(&state, &caller, &origin, twin).await,
    };
    let person = group_id.map_or(Person::New, Person::Known);
    let new = NewPhotoAvatar { name, file, person };
    let made = state.app.create_photo_avatar(caller.workspace_id, new).await;
    let made = made.map_err(|error| ("file", error))?;
    let warnings = made.warnings.iter().map(|warning| format!("{warning}.")).collect();
    let avatar_item = AvatarItem { warnings, ..item_of(&made.look, &origin) };
    let data = CreatedAvatar { avatar_item, avatar_group: group_of(&made.group, &origin) };
    Ok(Json(Data { data }))
}

/// Make an avatar of a description.
async fn draw(
    state: &HttpState,
    caller: &Caller,
    origin: &Origin,
    body: CreatePromptAvatar,
) -> Result<Json<Data<CreatedAvatar>>, ApiError> {
    let CreatePromptAvatar { name, prompt, avatar_id, references, orientation, group_id } = body;
    let person = group_id.map_or(Person::New, Person::Known);
    let new = NewPromptAvatar { name, prompt, like: avatar_id, references, orientation, person };
    let made = state.app.create_prompt_avatar(caller.workspace_id, new).await;
    let made = made.map_err(|error| ("prompt", error))?;
    let warnings = made.why_drawn.iter().map(|why| format!("{why}.")).collect();
    let avatar_item = AvatarItem { warnings, ..item_of(&made.look, origin) };
    let data = CreatedAvatar { avatar_item, avatar_group: group_of(&made.group, origin) };
    Ok(Json(Data { data }))
}

/// List people, newest first.
pub(crate) async fn list(
    State(state): State<HttpState>,
    caller: Caller,
    pages: Pages,
    origin: Origin,
    QueryOf(query): Query,
) -> Result<Json<Page<AvatarGroup>>, ApiError> {
    let most = limit(query.get("limit").map(String::as_str), 20, 50)?;
    let start = pages.start(start_of)?;
    let shown = shown_by(&query)?;
    let mut page = match start {
        Some(Start::Cast(_)) => Page::default(),
        _ if !shown.own => Page::default(),
        Some(Start::Own(after)) => own_groups(&state, &caller, &pages, &origin, most, Some(after)).await?,
        None => own_groups(&state, &caller, &pages, &origin, most, None).await?,
    };
    if shown.cast {
        fill_with_cast(&pages, &mut page, most, start.as_ref(), cast::all().len(), |place| {
            presenter(&cast::all()[place], &origin)
        });
    }
    Ok(Json(page))
}

async fn own_groups(
    state: &HttpState,
    caller: &Caller,
    pages: &Pages,
    origin: &Origin,
    most: u32,
    after: Option<GroupCursor>,
) -> Result<Page<AvatarGroup>, ApiError> {
    let page = state.app.avatar_groups(caller.workspace_id, most, after).await?;
    Ok(pages.before(page.groups.iter().map(|group| group_of(group, origin)).collect(), page.next))
}

/// Where a page begins: among the workspace's own avatars, or, behind them, at this place of the cast.
enum Start<C> {
    Own(C),
    Cast(usize),
}

/// What the tokens of pages of the cast begin with.
const CAST_TOKEN: &str = "cast-";

fn start_of<I: FromStr>(place: &str) -> Option<Start<Cursor<I>>> {
    match place.strip_prefix(CAST_TOKEN) {
        Some(at) => at.parse().ok().map(Start::Cast),
        None => cursor_from_text(place).map(Start::Own),
    }
}

/// Adds members of the cast to a page that the workspace's own avatars do not fill.
fn fill_with_cast<T, C>(
    pages: &Pages,
    page: &mut Page<T>,
    most: u32,
    start: Option<&Start<C>>,
    count: usize,
    show: impl Fn(usize) -> T,
) {
    if page.has_more {
        return;
    }
    let first = match start {
        Some(Start::Cast(at)) => *at,
        _ => 0,
    };
    let room = most as usize - page.data.len();
    let end = count.min(first.saturating_add(room));
    page.data.extend((first..end).map(show));
    page.next_token = (end < count).then(|| pages.token(format_args!("{CAST_TOKEN}{end}")));
    page.has_more = page.next_token.is_some();
}

/// Look a person up.
pub(crate) async fn get(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<Json<Data<AvatarGroup>>, ApiError> {
    if let Some(member) = cast::member(&id) {
        return Ok(Json(Data { data: presenter(member, &origin) }));
    }
    let group = state.app.avatar_group(caller.workspace_id, group_id(&id)?).await?;
    let group = group.ok_or_else(|| group_not_found(&id))?;
    Ok(Json(Data { data: group_of(&group, &origin) }))
}

/// Rename a person, or set the voice of videos that name none.
pub(crate) async fn change(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Data<AvatarGroup>>, ApiError> {
    let ChangeGroup { name, default_voice_id } = ChangeGroup::from_json(&body)?;
    let change = GroupChange { name, default_voice_id };
    let group = state.app.change_avatar_group(caller.workspace_id, group_id(&id)?, change).await?;
    let group = group.ok_or_else(|| group_not_found(&id))?;
    Ok(Json(Data { data: group_of(&group, &origin) }))
}

/// Delete a person with all looks. Their photos stay; videos in work are finished.
pub(crate) async fn delete(
    State(state): State<HttpState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Data<DeletedAvatar>>, ApiError> {
    if !state.app.delete_avatar_group(caller.workspace_id, group_id(&id)?).await? {
        return Err(group_not_found(&id).into());
    }
    Ok(Json(Data { data: DeletedAvatar { id } }))
}

/// List looks, newest first.
pub(crate) async fn list_looks(
    State(state): State<HttpState>,
    caller: Caller,
    pages: Pages,
    origin: Origin,
    QueryOf(query): Query,
) -> Result<Json<Page<AvatarItem>>, ApiError> {
    let most = limit(query.get("limit").map(String::as_str), 20, 50)?;
    let start = pages.start(start_of)?;
    let mut shown = shown_by(&query)?;
    let asked = query.get("group_id").filter(|id| !id.is_empty());
    let member = asked.and_then(|id| cast::member(id));
    let of_group = match asked {
        Some(id) if member.is_none() => {
            shown.cast = false;
            Some(group_id(id)?)
        }
        _ => None,
    };
    shown.own &= member.is_none();
    let filter = LookFilter { group_id: of_group, of_footage: shown.of_footage };
    let mut page = match start {
        Some(Start::Cast(_)) => Page::default(),
        _ if !shown.own => Page::default(),
        Some(Start::Own(after)) => {
            own_looks(&state, &caller, &pages, &origin, filter, most, Some(after)).await?
        }
        None => own_looks(&state, &caller, &pages, &origin, filter, most, None).await?,
    };
    if shown.cast {
        let looks: Vec<_> = cast::all()
            .iter()
            .filter(|one| member.is_none_or(|member| member.id == one.id))
            .flat_map(|one| one.looks.iter().map(move |look| (one, look)))
            .collect();
        let show = |place: usize| presenter_look(looks[place].0, looks[place].1, &origin);
        fill_with_cast(&pages, &mut page, most, start.as_ref(), looks.len(), show);
    }
    Ok(Json(page))
}

async fn own_looks(
    state: &HttpState,
    caller: &Caller,
    pages: &Pages,
    origin: &Origin,
    filter: LookFilter,
    most: u32,
    after: Option<LookCursor>,
) -> Result<Page<AvatarItem>, ApiError> {
    let page = state.app.looks(caller.workspace_id, filter, most, after).await?;
    Ok(pages.before(page.looks.iter().map(|look| item_of(look, origin)).collect(), page.next))
}

/// Look a look up.
pub(crate) async fn get_look(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<Json<Data<AvatarItem>>, ApiError> {
    if let Some((member, look)) = cast::look(&id) {
        return Ok(Json(Data { data: presenter_look(member, look, &origin) }));
    }
    let look = state.app.look(caller.workspace_id, look_id(&id)?).await?;
    let look = look.ok_or_else(|| look_not_found(&id))?;
    Ok(Json(Data { data: item_of(&look, &origin) }))
}

/// Rename a look.
pub(crate) async fn change_look(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Data<AvatarItem>>, ApiError> {
    let name = new_name(&body)?;
    let look = state.app.rename_look(caller.workspace_id, look_id(&id)?, name).await?;
    let look = look.ok_or_else(|| look_not_found(&id))?;
    Ok(Json(Data { data: item_of(&look, &origin) }))
}

/// Delete a look; the last one takes its person along. Its photo stays.
pub(crate) async fn delete_look(
    State(state): State<HttpState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Data<DeletedAvatar>>, ApiError> {
    if !state.app.delete_look(caller.workspace_id, look_id(&id)?).await? {
        return Err(look_not_found(&id).into());
    }
    Ok(Json(Data { data: DeletedAvatar { id } }))
}

fn shown_by(query: &HashMap<String, String>) -> Result<Shown, Refusal> {
    let word = |name: &str| query.get(name).map(String::as_str).filter(|word| !word.is_empty());
    shown(word("ownership"), word("avatar_type"))
}

/// What lists tell of a member of the cast.
pub(crate) fn of_cast(member: &CastMember) -> Presenter<'_> {
    Presenter { group_id: &member.id, gender: &member.gender, voice_id: &member.voice_id, tags: &member.tags }
}

fn presenter(member: &CastMember, origin: &Origin) -> AvatarGroup {
    let previews = origin.presenter_urls(&member.looks[0].id);
    AvatarGroup::presenter(of_cast(member), &member.name, member.looks.len() as u64, previews)
}

fn presenter_look(member: &CastMember, look: &CastLook, origin: &Origin) -> AvatarItem {
    let previews = origin.presenter_urls(&look.id);
    AvatarItem::presenter(of_cast(member), &look.id, &look.name, PREVIEW_SIZE, previews)
}

pub(crate) fn group_of(shown: &ShownGroup, origin: &Origin) -> AvatarGroup {
    let ShownGroup { summary, photo } = shown;
    let group =
        AvatarGroup::new(&summary.group, summary.look_count, summary.consent, origin.asset_url(photo));
    match &summary.first_look.footage {
        Some(_) => group.of_footage(&shown.status(), origin.footage_urls(photo)),
        None => group,
    }
}

pub(super) fn item_of(shown: &ShownLook, origin: &Origin) -> AvatarItem {
    let ShownLook { look, photo, default_voice_id, treatment, .. } = shown;
    let item = AvatarItem::new(look, default_voice_id.clone(), origin.asset_url(photo));
    if look.footage.is_some() {
        return item.of_footage(&shown.status(), origin.footage_urls(photo));
    }
    let motion = treatment.motion_prompt.as_deref();
    let preview_video_url = motion.map(|prompt| origin.motion_url(look.id, &motion_version(look, prompt)));
    AvatarItem { preview_video_url, ..item }
}
