//! `/v3/brand-glossaries`.

use std::collections::BTreeSet;

use rostrum_model::glossary::{
    BrandGlossary as Model, ForcedTranslation, GlossaryContent, MAX_GLOSSARY_NAME_CHARS, MAX_GLOSSARY_TERMS,
    MAX_TERM_CHARS, Term,
};
use rostrum_model::ids::GlossaryId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{ErrorCode, Refusal};
use crate::v3::{instant, read_body};

/// One row of `GET /v3/brand-glossaries`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GlossaryRow {
    /// Its id.
    pub brand_glossary_id: String,
    /// For people.
    pub name: String,
    /// When it was made, by ISO 8601 in UTC.
    pub created_at: String,
    /// When it was last changed.
    pub updated_at: String,
}

impl GlossaryRow {
    /// The row of a glossary.
    pub fn new(glossary: &Model) -> Self {
        Self {
            brand_glossary_id: glossary.id.to_string(),
            name: glossary.name.clone(),
            created_at: instant(glossary.created_at),
            updated_at: instant(glossary.updated_at),
        }
    }
}

/// A glossary with all its entries: the answer of `POST`, `GET` and `PATCH`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrandGlossary {
    /// What lists tell of it.
    #[serde(flatten)]
    pub row: GlossaryRow,
    /// How terms are said.
    pub terms: Vec<Term>,
    /// Terms that translations leave as they are.
    pub do_not_translate_terms: Vec<Untranslated>,
    /// Terms with a translation of their own.
    pub forced_translations: Vec<ForcedTranslation>,
}

/// A term that translations leave as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Untranslated {
    /// The word or words.
    pub term: String,
}

impl BrandGlossary {
    /// The answer for a glossary.
    pub fn new(glossary: Model) -> Self {
        let row = GlossaryRow::new(&glossary);
        let GlossaryContent { terms, do_not_translate, forced_translations } = glossary.content;
        let do_not_translate_terms = do_not_translate.into_iter().map(|term| Untranslated { term }).collect();
        Self { row, terms, do_not_translate_terms, forced_translations }
    }
}

/// The answer of `DELETE /v3/brand-glossaries/{brand_glossary_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedGlossary {
    /// The id of what was deleted.
    pub brand_glossary_id: String,
}

/// The body of `POST` and `PATCH /v3/brand-glossaries`, checked. What is `None` was not given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaveGlossary {
    /// 1 to [`MAX_GLOSSARY_NAME_CHARS`] characters.
    pub name: Option<String>,
    /// How terms are said.
    pub terms: Option<Vec<Term>>,
    /// Terms that translations leave as they are.
    pub do_not_translate: Option<Vec<String>>,
    /// Terms with a translation of their own.
    pub forced_translations: Option<Vec<ForcedTranslation>>,
}

#[derive(Debug, Deserialize)]
struct WireGlossary {
    name: Option<String>,
    terms: Option<Vec<Term>>,
    do_not_translate_terms: Option<Vec<Untranslated>>,
    forced_translations: Option<Vec<ForcedTranslation>>,
}

impl SaveGlossary {
    /// Reads a body.
    ///
    /// # Errors
    /// Names the first field at fault.
    pub fn from_json(body: Value) -> Result<Self, Refusal> {
        let wire: WireGlossary = read_body(body)?;
        let name = wire.name.map(|name| checked("name", &name, MAX_GLOSSARY_NAME_CHARS)).transpose()?;
        let terms = wire.terms.map(|terms| {
            entries(
                "terms",
                &terms,
                |term| &term.term,
                |path, term| {
                    Ok(Term {
                        term: checked(&format!("{path}.term"), &term.term, MAX_TERM_CHARS)?,
                        pronunciation: checked(
                            &format!("{path}.pronunciation"),
                            &term.pronunciation,
                            MAX_TERM_CHARS,
                        )?,
                    })
                },
            )
        });
        let do_not_translate = wire.do_not_translate_terms.map(|terms| {
            entries(
                "do_not_translate_terms",
                &terms,
                |term| &term.term,
                |path, term| checked(&format!("{path}.term"), &term.term, MAX_TERM_CHARS),
            )
        });
        let forced_translations = wire.forced_translations.map(|terms| {
            entries(
                "forced_translations",
                &terms,
                |term| &term.term,
                |path, term| {
                    Ok(ForcedTranslation {
                        term: checked(&format!("{path}.term"), &term.term, MAX_TERM_CHARS)?,
                        translation: checked(
                            &format!("{path}.translation"),
                            &term.translation,
                            MAX_TERM_CHARS,
                        )?,
                    })
                },
            )
        });
        Ok(Self {
            name,
            terms: terms.transpose()?,
            do_not_translate: do_not_translate.transpose()?,
            forced_translations: forced_translations.transpose()?,
        })
    }

    /// Name and content of a new glossary.
    ///
    /// # Errors
    /// When it has no name.
    pub fn into_new(self) -> Result<(String, GlossaryContent), Refusal> {
        let name = self.name.ok_or_else(|| {
            Refusal::invalid(
                "name",
                format!("'name' is required and must be 1-{MAX_GLOSSARY_NAME_CHARS} characters."),
            )
        })?;
        let content = GlossaryContent {
            terms: self.terms.unwrap_or_default(),
            do_not_translate: self.do_not_translate.unwrap_or_default(),
            forced_translations: self.forced_translations.unwrap_or_default(),
        };
        Ok((name, content))
    }
}

/// The text without spaces around it, if its length fits and nothing in it breaks lines.
fn checked(path: &str, text: &str, most: usize) -> Result<String, Refusal> {
    let text = text.trim();
    let chars = text.chars().count();
    if !(1..=most).contains(&chars) {
        return Err(Refusal::invalid(path, format!("'{path}' must be 1-{most} characters, got {chars}.")));
    }
    if text.contains(char::is_control) {
        return Err(Refusal::invalid(path, format!("'{path}' has a control character in it; take it out.")));
    }
    Ok(text.to_owned())
}

/// Checks a list: its length, each entry, and that no term stands in it twice.
fn entries<W, T>(
    field: &str,
    given: &[W],
    term_of: impl Fn(&W) -> &String,
    check: impl Fn(&str, &W) -> Result<T, Refusal>,
) -> Result<Vec<T>, Refusal> {
    if given.len() > MAX_GLOSSARY_TERMS {
        return Err(Refusal::invalid(
            field,
            format!(
                "'{field}' may have at most {MAX_GLOSSARY_TERMS} entries, got {}; make another glossary.",
                given.len()
            ),
        ));
    }
    let mut seen = BTreeSet::new();
    let mut checked = Vec::with_capacity(given.len());
    for (index, entry) in given.iter().enumerate() {
        let path = format!("{field}[{index}]");
        checked.push(check(&path, entry)?);
        let term = term_of(entry).trim();
        if !seen.insert(term.to_owned()) {
            let path = format!("{path}.term");
            return Err(Refusal::invalid(
                &path,
                format!("'{path}' is '{term}', which stands in the list already."),
            ));
        }
    }
    Ok(checked)
}

/// The refusal of a glossary that the workspace does not have, where it is the resource asked for.
pub fn glossary_not_found(id: &str) -> Refusal {
    Refusal {
        code: ErrorCode::NotFound,
        message: format!("Brand glossary '{id}' was not found; GET /v3/brand-glossaries lists yours."),
        param: Some("brand_glossary_id".to_owned()),
        more: Vec::new(),
    }
}

/// The same where a request names it among other things.
pub fn glossary_unknown(id: &str) -> Refusal {
    Refusal::invalid(
        "brand_glossary_id",
        format!(
            "'brand_glossary_id' is '{id}', which is none of yours; GET /v3/brand-glossaries lists them."
        ),
    )
}

/// Reads the glossary that a request names, if any: by its name of today, or by the one it had before.
pub(crate) fn glossary_id(
    brand_glossary_id: Option<&String>,
    brand_voice_id: Option<&String>,
) -> Result<Option<GlossaryId>, Refusal> {
    let given = brand_glossary_id.or(brand_voice_id).filter(|id| !id.is_empty());
    given.map(|id| id.parse().map_err(|_| glossary_unknown(id))).transpose()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_fault_is_named_by_its_path() {
        let term = |term: &str, pronunciation: &str| json!({"term": term, "pronunciation": pronunciation});
        for (body, param) in [
            (json!({"name": ""}), "name"),
            (json!({"name": "x".repeat(65)}), "name"),
            (json!({"name": "a\nb"}), "name"),
            (json!({"name": 5}), "name"),
            (json!({"terms": [term("a", "b"), term("", "b")]}), "terms[1].term"),
            (json!({"terms": [term("a", " ")]}), "terms[0].pronunciation"),
            (json!({"terms": [term("a", "b"), term(" a ", "c")]}), "terms[1].term"),
            (json!({"terms": [{"term": "a"}]}), "terms[0]"),
            (json!({"terms": vec![term("a", "b"); 1001]}), "terms"),
            (
                json!({"do_not_translate_terms": [{"term": "x".repeat(256)}]}),
                "do_not_translate_terms[0].term",
            ),
            (
                json!({"forced_translations": [{"term": "a", "translation": ""}]}),
                "forced_translations[0].translation",
            ),
        ] {
            let refusal = SaveGlossary::from_json(body.clone()).unwrap_err();
            assert_eq!(refusal.param.as_deref(), Some(param), "{refusal}");
        }
        let unnamed = SaveGlossary::from_json(json!({})).unwrap();
        assert_eq!(unnamed.into_new().unwrap_err().param.as_deref(), Some("name"));
    }

    #[test]
    fn an_old_name_of_the_field_is_taken_and_an_impossible_id_refused() {
        let id = "018bcfe5680070008000000000000000".to_owned();
        assert_eq!(glossary_id(None, Some(&id)), Ok(Some(id.parse().unwrap())));
        assert_eq!(glossary_id(None, None), Ok(None));
        assert_eq!(glossary_id(Some(&String::new()), None), Ok(None));
        assert!(glossary_id(Some(&"x".to_owned()), None).is_err());
    }
}
