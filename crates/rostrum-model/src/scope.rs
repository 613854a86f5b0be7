//! What a key may do: scopes of the form `videos:read` or `videos:write`.

use std::fmt;
use std::str::FromStr;

macro_rules! families {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        /// What scopes are about. The only place their words are written.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Family {
            $($(#[$doc])* $name,)*
        }

        impl Family {
            /// All families, in the order they are told in.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word before the colon.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

families! {
    /// Who calls, what they have left and what they used.
    Account = "account";
    /// Files, uploads, the search for pictures, and folders.
    Assets = "assets";
    /// People, their looks, their consents, and pictures made for them.
    Avatars = "avatars";
    /// Terms and how they are spoken.
    BrandGlossaries = "brand_glossaries";
    /// Videos, their batches, players and captions.
    Videos = "videos";
    /// Voices and speech.
    Voices = "voices";
    /// Endpoints of webhooks and the events.
    Webhooks = "webhooks";
}

/// How far a scope goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Looks.
    Read,
    /// Looks and changes.
    Write,
}

impl Access {
    /// The word behind the colon.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// One thing a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scope {
    /// With what.
    pub family: Family,
    /// How far.
    pub access: Access,
}

impl Scope {
    /// Whether whoever has this scope may do what needs the other: writing implies reading of the same family.
    pub fn implies(self, needed: Self) -> bool {
        self.family == needed.family && (self.access == Access::Write || self.access == needed.access)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.family.word(), self.access.word())
    }
}

/// A text is no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{given}' is no scope; a scope is {} with ':read' or ':write' behind it", families())]
pub struct NotAScope {
    given: String,
}

fn families() -> String {
    let words: Vec<&str> = Family::ALL.iter().map(|family| family.word()).collect();
    let (last, others) = words.split_last().expect("there are families");
    format!("{} or {last}", others.join(", "))
}

impl FromStr for Scope {
    type Err = NotAScope;

    fn from_str(text: &str) -> Result<Self, NotAScope> {
        let read = || {
            let (family, access) = text.split_once(':')?;
            let family = *Family::ALL.iter().find(|known| known.word() == family)?;
            let access = [Access::Read, Access::Write].into_iter().find(|known| known.word() == access)?;
            Some(Self { family, access })
        };
        read().ok_or_else(|| NotAScope { given: text.to_owned() })
    }
}

/// All a key may do. The default is everything, also what is built later.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// Those of a list, each once; everything when it is empty.
    pub fn new(scopes: impl IntoIterator<Item = Scope>) -> Self {
        let mut distinct = Vec::new();
        for scope in scopes {
            if !distinct.contains(&scope) {
                distinct.push(scope);
            }
        }
        Self(distinct)
    }

    /// Whether there is no restriction.
    pub fn are_everything(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether they allow what needs this scope.
    pub fn allow(&self, needed: Scope) -> bool {
        self.are_everything() || self.0.iter().any(|scope| scope.implies(needed))
    }
}

impl fmt::Display for Scopes {
    /// Separated by spaces; `everything` without a restriction.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.are_everything() {
            return f.write_str("everything");
        }
        let words: Vec<String> = self.0.iter().map(Scope::to_string).collect();
        f.write_str(&words.join(" "))
    }
}

impl FromStr for Scopes {
    type Err = NotAScope;

    /// Reads what [`Display`](fmt::Display) writes.
    fn from_str(text: &str) -> Result<Self, NotAScope> {
        if text == Self::default().to_string() {
            return Ok(Self::default());
        }
        let scopes = Self(text.split(' ').map(str::parse).collect::<Result<_, _>>()?);
        // A text that names nothing must never open everything.
        if scopes.are_everything() { Err(NotAScope { given: text.to_owned() }) } else { Ok(scopes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(text: &str) -> Scope {
        text.parse().unwrap()
    }

    #[test]
    fn writing_implies_reading_of_the_same_family_alone() {
        for family in Family::ALL {
            let (read, write) = (
                Scope { family: *family, access: Access::Read },
                Scope { family: *family, access: Access::Write },
            );
            assert!(
                write.implies(read) && write.implies(write) && read.implies(read) && !read.implies(write)
            );
            for other in Family::ALL.iter().filter(|other| *other != family) {
                assert!(!write.implies(Scope { family: *other, access: Access::Read }));
            }
            assert_eq!(scope(&write.to_string()), write);
        }
    }

    #[test]
    fn a_key_without_scopes_may_everything_and_one_with_them_no_more_than_they_say() {
        assert!(Scopes::default().allow(scope("account:write")));
        let some = Scopes::new([scope("videos:read"), scope("assets:write"), scope("videos:read")]);
        assert_eq!(some.to_string(), "videos:read assets:write");
        assert!(some.allow(scope("assets:read")) && some.allow(scope("videos:read")));
        assert!(!some.allow(scope("videos:write")) && !some.allow(scope("voices:read")));
    }

    #[test]
    fn scopes_are_read_as_they_are_written_and_nothing_else_is_taken_for_everything() {
        for text in ["everything", "videos:read", "videos:read assets:write"] {
            assert_eq!(text.parse::<Scopes>().unwrap().to_string(), text);
        }
        for bad in
            ["", " ", "all", "videos", "videos:all", "films:read", "Videos:read", "videos:read,assets:read"]
        {
            assert!(bad.parse::<Scopes>().is_err(), "{bad}");
        }
        let told = "films:read".parse::<Scope>().unwrap_err().to_string();
        assert!(told.contains("'films:read'") && told.contains("voices or webhooks"), "{told}");
    }
}
