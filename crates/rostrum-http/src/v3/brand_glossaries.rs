//! `/v3/brand-glossaries`.

use axum::Json;
use axum::extract::{Path, Query as QueryOf, State};
use rostrum_api::v3::Data;
use rostrum_api::v3::brand_glossaries::{
    BrandGlossary, DeletedGlossary, GlossaryRow, SaveGlossary, glossary_not_found,
};
use rostrum_api::v3::page::{Page, limit};
use rostrum_app::brand_glossaries::{GlossaryChange, GlossaryContentChange};
use rostrum_app::pages::cursor_from_text;
use rostrum_model::ids::GlossaryId;

use super::Query;
use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, JsonBody, Pages};
use crate::keyed_requests::OnBehalf;

type Answer = Result<Json<Data<BrandGlossary>>, ApiError>;

fn id_of(text: &str) -> Result<GlossaryId, ApiError> {
    text.parse().map_err(|_| glossary_not_found(text).into())
}

/// Make a glossary: how terms are said, and what translations do with them.
pub(crate) async fn create(OnBehalf(state): OnBehalf, caller: Caller, JsonBody(body): JsonBody) -> Answer {
    let (name, content) = SaveGlossary::from_json(body)?.into_new()?;
    let glossary = state.app.create_glossary(caller.workspace_id, name, content).await?;
    Ok(Json(Data { data: BrandGlossary::new(glossary) }))
}

/// Look a glossary up with all its entries.
pub(crate) async fn get(State(state): State<HttpState>, caller: Caller, Path(id): Path<String>) -> Answer {
    let glossary = state.app.glossary(caller.workspace_id, id_of(&id)?).await?;
    let glossary = glossary.ok_or_else(|| glossary_not_found(&id))?;
    Ok(Json(Data { data: BrandGlossary::new(glossary) }))
}

/// List glossaries, newest first.
pub(crate) async fn list(
    State(state): State<HttpState>,
    caller: Caller,
    pages: Pages,
    QueryOf(query): Query,
) -> Result<Json<Page<GlossaryRow>>, ApiError> {
    let most = limit(query.get("limit").map(String::as_str), 10, 100)?;
    let page = state.app.glossaries(caller.workspace_id, most, pages.start(cursor_from_text)?).await?;
    Ok(Json(pages.before(page.glossaries.iter().map(GlossaryRow::new).collect(), page.next)))
}

/// Change a glossary: what is given replaces what was there, each list as a whole.
pub(crate) async fn change(
    State(state): State<HttpState>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Answer {
    let SaveGlossary { name, terms, do_not_translate, forced_translations } = SaveGlossary::from_json(body)?;
    let content = GlossaryContentChange { terms, do_not_translate, forced_translations };
    let change = GlossaryChange { name, content };
    let changed = state.app.change_glossary(caller.workspace_id, id_of(&id)?, change).await?;
    let changed = changed.ok_or_else(|| glossary_not_found(&id))?;
    Ok(Json(Data { data: BrandGlossary::new(changed) }))
}

/// Delete a glossary. Videos asked for with it keep its terms.
pub(crate) async fn delete(
    State(state): State<HttpState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Data<DeletedGlossary>>, ApiError> {
    if !state.app.delete_glossary(caller.workspace_id, id_of(&id)?).await? {
        return Err(glossary_not_found(&id).into());
    }
    Ok(Json(Data { data: DeletedGlossary { brand_glossary_id: id } }))
}
