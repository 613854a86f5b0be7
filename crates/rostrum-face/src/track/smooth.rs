//! Bridging gaps and taking the noise out of a track.

use crate::Landmarks;
use crate::mesh::LIPS;

/// Gaps of at most so many frames (0.2 s at 25 frames per second) are bridged.
const MAX_GAP: usize = 5;
/// Movement from frame to frame, in eye distances, beyond which the picture must have been cut.
const CUT: f32 = 0.35;
/// How far a face may move across a gap, in eye distances, and by which factor its size may change, to be the same.
const GAP_MOVE: f32 = 0.5;
const GAP_GROWTH: f32 = 1.25;
/// Weights of a frame and of its neighbours at both sides: a short bell for the face, a shorter one for the lips, which
/// really move.
const FACE_WEIGHTS: [f32; 3] = [0.36, 0.24, 0.08];
const LIP_WEIGHTS: [f32; 2] = [0.60, 0.20];
/// Points that move with the skull: eye corners, bridge and tip of the nose.
const SKULL: [usize; 7] = [33, 133, 263, 362, 168, 6, 4];

/// Fills short gaps by going straight from one end to the other.
pub(super) fn bridge_gaps(faces: &mut [Option<Landmarks>]) {
    let mut last: Option<usize> = None;
    for i in 0..faces.len() {
        if faces[i].is_none() {
            continue;
        }
        if let Some(before) = last.replace(i)
            && (2..=MAX_GAP + 1).contains(&(i - before))
            && let (Some(from), Some(to)) = (faces[before].clone(), faces[i].clone())
            && is_same_face(&from, &to)
        {
            for step in 1..i - before {
                let share = step as f32 / (i - before) as f32;
                faces[before + step] = Some(between(&from, &to, share));
            }
        }
    }
}

/// Smooths every stretch of frames that shows a face without a cut.
pub(super) fn smooth(faces: &mut [Option<Landmarks>]) {
    let mut start = 0;
    while start < faces.len() {
        let Some(mut last) = faces[start].as_ref() else {
            start += 1;
            continue;
        };
        let mut end = start + 1;
        while let Some(Some(next)) = faces.get(end)
            && distance(last, next) < CUT
        {
            last = next;
            end += 1;
        }
        smooth_stretch(&mut faces[start..end]);
        start = end;
    }
}

fn smooth_stretch(faces: &mut [Option<Landmarks>]) {
    let given: Vec<Landmarks> = faces.iter().flatten().cloned().collect();
    let Some(points) = given.first().map(|face| face.points.len()) else { return };
    let mut is_lip = vec![false; points];
    for i in LIPS {
        is_lip[i] = true;
    }
    for (t, face) in faces.iter_mut().flatten().enumerate() {
        // At the ends fewer neighbours count, as many at both sides: one side alone would shift the face in time.
        let reach = t.min(given.len() - 1 - t);
        for (i, point) in face.points.iter_mut().enumerate() {
            let weights: &[f32] = if is_lip[i] { &LIP_WEIGHTS } else { &FACE_WEIGHTS };
            let weights = &weights[..weights.len().min(reach + 1)];
            let total = 2.0 * weights.iter().sum::<f32>() - weights[0];
            for (k, length) in point.iter_mut().enumerate() {
                let mut sum = weights[0] * given[t].points[i][k];
                for (offset, weight) in weights.iter().enumerate().skip(1) {
                    sum += weight * (given[t - offset].points[i][k] + given[t + offset].points[i][k]);
                }
                *length = sum / total;
            }
        }
    }
}

/// Mean movement of the skull between two frames, in eye distances of the first.
pub(super) fn distance(from: &Landmarks, to: &Landmarks) -> f32 {
    let moved = |i: usize| {
        let ([x, y, _], [to_x, to_y, _]) = (from.points[i], to.points[i]);
        (to_x - x).hypot(to_y - y)
    };
    SKULL.into_iter().map(moved).sum::<f32>() / (SKULL.len() as f32 * from.eye_distance().max(1.0))
}

fn is_same_face(from: &Landmarks, to: &Landmarks) -> bool {
    let growth = to.eye_distance() / from.eye_distance().max(1.0);
    distance(from, to) < GAP_MOVE && (1.0 / GAP_GROWTH..GAP_GROWTH).contains(&growth)
}

fn between(from: &Landmarks, to: &Landmarks, share: f32) -> Landmarks {
    let points = from.points.iter().zip(&to.points);
    let points = points.map(|(a, b)| std::array::from_fn(|k| a[k] + (b[k] - a[k]) * share)).collect();
    Landmarks { points, score: from.score.min(to.score) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LANDMARK_COUNT;

    /// A face 100 pixels between the eyes, moved to the right; its points wiggle by `noise`.
    fn face(x: f32, noise: f32) -> Landmarks {
        let mut points: Vec<[f32; 3]> =
            (0..LANDMARK_COUNT).map(|i| [x + (i % 17) as f32, (i / 17) as f32 + noise, 0.0]).collect();
        points[33] = [x, 0.0, 0.0];
        points[263] = [x + 100.0, 0.0, 0.0];
        Landmarks { points, score: 0.9 }
    }

    #[test]
    fn short_gaps_are_bridged_and_long_ones_are_left() {
        let mut faces: Vec<Option<Landmarks>> = (0..30).map(|t| Some(face(t as f32, 0.0))).collect();
        faces[5..10].fill(None);
        faces[15..21].fill(None);
        faces[0] = None;
        bridge_gaps(&mut faces);
        for (t, face) in faces.iter().enumerate() {
            let x = face.as_ref().map(|face| face.points[33][0]);
            let expected = (t > 0 && !(15..21).contains(&t)).then_some(t as f32);
            assert_eq!(x, expected, "frame {t}");
        }
    }

    #[test]
    fn a_gap_between_different_faces_is_left() {
        let mut faces = vec![Some(face(0.0, 0.0)), None, Some(face(90.0, 0.0))];
        bridge_gaps(&mut faces);
        assert_eq!(faces[1], None);
    }

    #[test]
    fn steady_movement_is_not_delayed_and_noise_shrinks() {
        let noise = |t: usize| if t.is_multiple_of(2) { 1.0 } else { -1.0 };
        let mut faces: Vec<Option<Landmarks>> =
            (0..40).map(|t| Some(face(3.0 * t as f32, noise(t)))).collect();
        smooth(&mut faces);
        for (t, face) in faces.iter().flatten().enumerate() {
            assert!((face.points[33][0] - 3.0 * t as f32).abs() < 1e-3, "frame {t}: {}", face.points[33][0]);
        }
        // Point 18 is skin, point 61 a lip; both lie at a height of their number by 17.
        let wiggle = |i: usize| {
            faces[3..37]
                .iter()
                .flatten()
                .map(|face| (face.points[i][1] - (i / 17) as f32).abs())
                .fold(0.0, f32::max)
        };
        assert!(wiggle(18) < 0.1 && wiggle(61) < 0.25, "{} {}", wiggle(18), wiggle(61));
    }

    #[test]
    fn nothing_is_mixed_across_a_cut() {
        let mut faces: Vec<Option<Landmarks>> =
            (0..10).map(|t| Some(face(if t < 5 { 0.0 } else { 200.0 }, 0.0))).collect();
        let given = faces.clone();
        smooth(&mut faces);
        let close = |a: &Landmarks, b: &Landmarks| (a.points[33][0] - b.points[33][0]).abs() < 1e-3;
        assert!(faces.iter().flatten().zip(given.iter().flatten()).all(|(a, b)| close(a, b)));
    }
}
