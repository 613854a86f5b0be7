//! The people that everybody may use.

use std::sync::LazyLock;

use rostrum_model::presenter::{Appearance, Outfit, Person, Setting};
use serde::Deserialize;

/// A presenter of the cast.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CastMember {
    /// Id of the person; stays for ever.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// `female` or `male`.
    pub gender: String,
    /// The voice that speaks where a video names none.
    pub voice_id: String,
    /// Words to find them by.
    pub tags: Vec<String>,
    /// Who.
    pub person: Person,
    /// The looks, the first is shown for the person.
    pub looks: Vec<CastLook>,
}

/// A look of a presenter.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CastLook {
    /// Id of the look, by which videos name it; stays for ever.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// What is worn.
    pub outfit: Outfit,
    /// What is behind.
    pub setting: Setting,
}

impl CastMember {
    /// All that a look is drawn from.
    pub fn appearance(&self, look: &CastLook) -> Appearance {
        Appearance { person: self.person.clone(), outfit: look.outfit.clone(), setting: look.setting }
    }
}

#[derive(Deserialize)]
struct Cast {
    presenter: Vec<CastMember>,
}

static CAST: LazyLock<Vec<CastMember>> = LazyLock::new(|| {
    let cast: Cast = toml::from_str(include_str!("cast.toml")).expect("cast.toml is tested to be readable");
    cast.presenter
});

/// All presenters, in the order in which they are shown.
pub fn all() -> &'static [CastMember] {
    &CAST
}

/// The presenter and the look with this id of a look.
pub fn look(id: &str) -> Option<(&'static CastMember, &'static CastLook)> {
    all().iter().find_map(|member| Some((member, member.looks.iter().find(|look| look.id == id)?)))
}

/// The presenter with this id.
pub fn member(id: &str) -> Option<&'static CastMember> {
    all().iter().find(|member| member.id == id)
}
