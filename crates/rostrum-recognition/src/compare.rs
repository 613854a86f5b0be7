//! How two texts differ, word by word.

/// What [`compare`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Words that lie beside each other, the same or one in the other's place, by their places in the two texts and in
    /// order.
    pub pairs: Vec<(usize, usize)>,
    /// The fewest words added, left out or taken for others that turn one text into the other (Levenshtein).
    pub changes: usize,
}

/// Lays the words of two texts beside each other.
pub fn compare<A: AsRef<str>, B: AsRef<str>>(one: &[A], other: &[B]) -> Comparison {
    let width = other.len() + 1;
    let differs =
        |row: usize, column: usize| usize::from(one[row - 1].as_ref() != other[column - 1].as_ref());
    let mut cost = vec![0; (one.len() + 1) * width];
    for row in 0..=one.len() {
        for column in 0..width {
            cost[row * width + column] = match (row, column) {
                (0, changes) | (changes, 0) => changes,
                _ => {
                    let at = |row: usize, column: usize| cost[row * width + column];
                    (at(row - 1, column - 1) + differs(row, column))
                        .min(at(row - 1, column) + 1)
                        .min(at(row, column - 1) + 1)
                }
            };
        }
    }
    let mut pairs = Vec::new();
    let (mut row, mut column) = (one.len(), other.len());
    while row > 0 && column > 0 {
        let at = cost[row * width + column];
        if at == cost[(row - 1) * width + column - 1] + differs(row, column) {
            (row, column) = (row - 1, column - 1);
            pairs.push((row, column));
        } else if at == cost[(row - 1) * width + column] + 1 {
            row -= 1;
        } else {
            column -= 1;
        }
    }
    pairs.reverse();
    Comparison { pairs, changes: cost[one.len() * width + other.len()] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lie_beside_those_they_are_or_were_taken_for() {
        let words = |text: &'static str| text.split_whitespace().collect::<Vec<_>>();
        let told = |one, other| compare(&words(one), &words(other));
        let Comparison { pairs, changes } = told("we walked along the river", "we talked along river then");
        assert_eq!((pairs, changes), (vec![(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)], 3));
        assert_eq!(told("a b c", "b c"), Comparison { pairs: vec![(1, 0), (2, 1)], changes: 1 });
        assert_eq!(told("", "a b"), Comparison { pairs: vec![], changes: 2 });
    }
}
