//! What follows from the mesh alone: who neighbours whom, and which vertices are not smoothed.

use std::sync::LazyLock;

use super::topology::{EYES, LOWER_LIP, MOUTH_CORNERS, OVAL, UPPER_LIP, VERTEX_COUNT};
use super::triangles::TRIANGLES;

/// Neighbours of each vertex in the mesh.
pub(crate) static NEIGHBOURS: LazyLock<Vec<Vec<u16>>> = LazyLock::new(find_neighbours);

/// Vertices just inside the outline, each with its neighbours on the outline.
pub(crate) static BESIDE_OUTLINE: LazyLock<Vec<(usize, Vec<usize>)>> =
    LazyLock::new(|| find_beside_outline(&NEIGHBOURS));

/// Whether each vertex has a prescribed displacement that is not smoothed: lips, lids and outline.
pub(crate) static PRESCRIBED: LazyLock<Vec<bool>> = LazyLock::new(find_prescribed);

fn find_neighbours() -> Vec<Vec<u16>> {
    let mut neighbours: Vec<Vec<u16>> = vec![Vec::new(); VERTEX_COUNT];
    for [a, b, c] in TRIANGLES {
        for (from, to) in [(a, b), (b, a), (b, c), (c, b), (c, a), (a, c)] {
            let known = &mut neighbours[usize::from(from)];
            if !known.contains(&to) {
                known.push(to);
            }
        }
    }
    neighbours
}

fn find_beside_outline(neighbours: &[Vec<u16>]) -> Vec<(usize, Vec<usize>)> {
    let on_outline = |i: usize| OVAL.contains(&i);
    (0..VERTEX_COUNT)
        .filter(|&i| !on_outline(i))
        .map(|i| (i, neighbours[i].iter().map(|&j| usize::from(j)).filter(|&j| on_outline(j)).collect()))
        .filter(|(_, anchors): &(usize, Vec<usize>)| !anchors.is_empty())
        .collect()
}

fn find_prescribed() -> Vec<bool> {
    let lips = UPPER_LIP.iter().chain(&LOWER_LIP).flatten().chain(MOUTH_CORNERS.iter().flatten());
    let lids = EYES.iter().flat_map(|eye| {
        eye.upper_lid.iter().chain(&eye.lower_lid).chain(eye.above.iter().flatten()).chain(&eye.below)
    });
    let mut prescribed = vec![false; VERTEX_COUNT];
    for &i in lips.chain(lids).chain(&OVAL) {
        prescribed[i] = true;
    }
    prescribed
}
