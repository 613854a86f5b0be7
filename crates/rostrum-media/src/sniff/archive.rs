//! ZIP archives, and the documents and programs that are ZIP archives inside.

use rostrum_model::asset::MediaType;

use super::{Sniffed, other};

/// Entries that only such files have.
const TELLING_NAMES: [(&[u8], &str); 8] = [
    (b"[Content_Types].xml", "an Office document"),
    (b"AndroidManifest.xml", "an Android program"),
    (b"classes.dex", "an Android program"),
    (b"META-INF/MANIFEST.MF", "a Java program"),
    (b"META-INF/container.xml", "an EPUB document"),
    (b"META-INF/manifest.xml", "an OpenDocument document"),
    (b"AppManifest.xaml", "a Silverlight program"),
    (b"extension.vsixmanifest", "a Visual Studio extension"),
];

/// Folders that say which program of Office a document is for.
const OFFICE_FOLDERS: [(&[u8], &str); 3] =
    [(b"word/", "a Word document"), (b"xl/", "an Excel document"), (b"ppt/", "a PowerPoint document")];

/// Tells documents and programs from plain archives by the names of their entries, noted one after the other.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    found: Option<&'static str>,
    office: Option<&'static str>,
    is_begun: bool,
}

impl Contents {
    pub(crate) fn note(&mut self, name: &[u8]) {
        let telling = TELLING_NAMES.iter().find(|(telling, _)| *telling == name);
        let is_typed = !self.is_begun && name == b"mimetype";
        self.is_begun = true;
        self.found = self
            .found
            .or(is_typed.then_some("an EPUB or OpenDocument document"))
            .or(telling.map(|(_, word)| *word));
        let folder = OFFICE_FOLDERS.iter().find(|(folder, _)| name.starts_with(folder));
        self.office = self.office.or(folder.map(|(_, word)| *word));
    }

    /// What the archive really is, in words with an article; `None` for a plain archive.
    pub(crate) fn document_or_program(&self) -> Option<&'static str> {
        match self.found {
            Some("an Office document") => self.office.or(self.found),
            found => found,
        }
    }
}

pub(super) fn sniff(head: &[u8]) -> Sniffed {
    let mut contents = Contents::default();
    let mut rest = head;
    while let Some(entry) = LocalHeader::read(rest) {
        if entry.name == b"mimetype" && entry.content.starts_with(b"application/epub+zip") {
            return other("an EPUB document");
        }
        if entry.name == b"mimetype" && entry.content.starts_with(b"application/vnd.oasis.opendocument") {
            return other("an OpenDocument document");
        }
        contents.note(entry.name);
        let Some(after) = entry.after else { break };
        rest = after;
    }
    contents.document_or_program().map_or(Sniffed::Supported(MediaType::Zip), other)
}

/// An entry as its local header tells (APPNOTE, section 4.3.7), as far as it is seen.
struct LocalHeader<'head> {
    name: &'head [u8],
    content: &'head [u8],
    /// What follows the content; `None` where the header does not tell its length.
    after: Option<&'head [u8]>,
}

impl<'head> LocalHeader<'head> {
    fn read(bytes: &'head [u8]) -> Option<Self> {
        const LENGTH_COMES_LATER: u8 = 8;
        let fixed: &[u8; 30] = bytes.first_chunk()?;
        if !fixed.starts_with(b"PK\x03\x04") {
            return None;
        }
        let half_word = |at: usize| usize::from(u16::from_le_bytes([fixed[at], fixed[at + 1]]));
        let name = bytes.get(30..30 + half_word(26))?;
        let content = bytes.get(30 + half_word(26) + half_word(28)..).unwrap_or_default();
        let length = u32::from_le_bytes([fixed[18], fixed[19], fixed[20], fixed[21]]) as usize;
        let is_length_known = fixed[6] & LENGTH_COMES_LATER == 0;
        let after = if is_length_known { content.get(length..) } else { None };
        Some(Self { name, content, after })
    }
}
