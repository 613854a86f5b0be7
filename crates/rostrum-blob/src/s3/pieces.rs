//! Which objects are the pieces of an unfinished blob.
//!
//! S3 cannot append. An unfinished blob is a row of objects `unfinished/<name>/<index>-<epoch>`, each of
//! [`PART_BYTES`] but the last, which is written anew when it grows. Every writer has an epoch of its own, later than all
//! before it, and announces it with an object `claim-<epoch>` or with its first piece. A piece that an older writer sent
//! just before it was dropped or killed, and that arrives late, is seen by its epoch and does not count: of the pieces
//! at one place the latest counts, and where epochs fall the row ends. So a single `PUT` takes a place and drops all that
//! came behind it, at once or not at all.

use super::multipart::PART_BYTES;

/// What clients send to a signed URL.
pub(super) const SENT: &str = "sent";

/// The same, out of their reach.
pub(super) const TAKEN: &str = "taken";

/// One object of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub index: u32,
    pub epoch: u32,
    pub size_bytes: u64,
    pub etag: Option<String>,
}

impl Piece {
    /// Its name in the folder.
    pub(super) fn name(index: u32, epoch: u32) -> String {
        format!("{index:05}-{epoch:08}")
    }

    /// Where its first byte lies in the whole.
    pub(super) fn start(&self) -> u64 {
        u64::from(self.index) * PART_BYTES as u64
    }
}

/// The objects of one unfinished blob.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    /// Those that count, in their order.
    pub row: Vec<Piece>,
    /// What clients sent, out of their reach: length in bytes.
    pub taken: Option<u64>,
    /// The latest epoch; 0 when there was no writer yet.
    pub epoch: u32,
}

impl Pieces {
    /// Sorts the objects of a folder, given by name, length and version.
    pub(super) fn of(objects: impl IntoIterator<Item = (String, u64, Option<String>)>) -> Self {
        let mut found = Self::default();
        let mut pieces = Vec::new();
        for (name, size_bytes, etag) in objects {
            if name == TAKEN {
                found.taken = Some(size_bytes);
            } else if let Some((place, epoch)) = name.split_once('-')
                && let Ok(epoch) = epoch.parse()
            {
                found.epoch = found.epoch.max(epoch);
                if let Ok(index) = place.parse() {
                    pieces.push(Piece { index, epoch, size_bytes, etag });
                }
            }
        }
        pieces.sort_by_key(|piece| (piece.index, piece.epoch));
        for (at, piece) in pieces.iter().enumerate() {
            let is_latest = pieces.get(at + 1).is_none_or(|next| next.index != piece.index);
            if !is_latest {
                continue;
            }
            let fits = match found.row.last() {
                None => piece.index == 0,
                Some(last) => {
                    piece.index == last.index + 1
                        && piece.epoch >= last.epoch
                        && last.size_bytes == PART_BYTES as u64
                }
            };
            if !fits {
                break;
            }
            found.row.push(piece.clone());
        }
        found
    }

    /// Whether there is something to go on with.
    pub(super) fn is_there(&self) -> bool {
        self.taken.is_some() || !self.row.is_empty()
    }

    /// Length in bytes.
    pub(super) fn size_bytes(&self) -> u64 {
        self.taken.unwrap_or_else(|| self.row.iter().map(|piece| piece.size_bytes).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: u64 = PART_BYTES as u64;

    fn of(objects: &[(&str, u64)]) -> Pieces {
        Pieces::of(objects.iter().map(|(name, size)| ((*name).to_owned(), *size, None)))
    }

    fn row(objects: &[(&str, u64)]) -> Vec<(u32, u32)> {
        of(objects).row.iter().map(|piece| (piece.index, piece.epoch)).collect()
    }

    #[test]
    fn full_pieces_and_a_last_one_make_a_row() {
        let found = of(&[("00000-00000001", FULL), ("00001-00000001", FULL), ("00002-00000003", 7)]);
        assert_eq!((found.row.len(), found.size_bytes(), found.epoch), (3, 2 * FULL + 7, 3));
        assert!(!of(&[]).is_there());
        assert!(of(&[("00000-00000001", 0)]).is_there());
    }

    #[test]
    fn of_two_pieces_at_a_place_the_later_counts() {
        assert_eq!(row(&[("00000-00000001", FULL), ("00000-00000002", 5)]), [(0, 2)]);
    }

    #[test]
    fn what_an_older_writer_sent_too_late_does_not_count() {
        // The second writer went back to the middle of the second piece.
        let objects = [
            ("00000-00000001", FULL),
            ("00001-00000001", FULL),
            ("00001-00000002", FULL),
            ("00002-00000001", FULL),
            ("00003-00000001", 9),
        ];
        assert_eq!(row(&objects), [(0, 1), (1, 2)]);
    }

    #[test]
    fn a_row_ends_at_a_gap_and_behind_a_short_piece() {
        assert_eq!(row(&[("00000-00000001", FULL), ("00002-00000001", FULL)]), [(0, 1)]);
        assert_eq!(row(&[("00000-00000001", 3), ("00001-00000001", FULL)]), [(0, 1)]);
        assert_eq!(row(&[("00001-00000001", FULL)]), []);
    }

    #[test]
    fn claims_and_strange_names_are_no_pieces() {
        let found = of(&[("claim-00000004", 0), ("sent", 9), ("x", 1), ("1-x", 1)]);
        assert_eq!((found.row.len(), found.epoch, found.taken), (0, 4, None));
    }
}
