//! Arithmetic with one result everywhere: only operations that IEEE 754 defines to the last bit, in a fixed order.

/// Independent sums that a processor may hold in one register; a constant of the results, not of the machine.
const LANES: usize = 8;

/// The inner products of `x` with four rows of the same length, a multiple of [`LANES`].
pub(crate) fn dot4(rows: [&[f32]; 4], x: &[f32]) -> [f32; 4] {
    let mut sums = [[0f32; LANES]; 4];
    let [a, b, c, d] = rows.map(|row| row[..x.len()].as_chunks::<LANES>().0);
    for (i, x) in x.as_chunks::<LANES>().0.iter().enumerate() {
        for lane in 0..LANES {
            sums[0][lane] += a[i][lane] * x[lane];
            sums[1][lane] += b[i][lane] * x[lane];
            sums[2][lane] += c[i][lane] * x[lane];
            sums[3][lane] += d[i][lane] * x[lane];
        }
    }
    sums.map(|lanes| lanes.iter().sum())
}

/// The inner product of two rows.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).fold(0.0, |sum, (a, b)| sum + a * b)
}

/// `e` to the power of `x`, to some 7 digits; 0 far below.
pub(crate) fn exp(x: f32) -> f32 {
    if x < -87.0 {
        return 0.0;
    }
    let x = x.min(88.0);
    let n = (x * std::f32::consts::LOG2_E).round();
    // ln 2 in two parts, so that the rest is exact.
    let r = (x - n * 0.693_359_4) - n * -2.121_944_4e-4;
    let series = 1.0
        + r * (1.0
            + r * (0.5
                + r * (0.166_666_67 + r * (0.041_666_668 + r * (0.008_333_334 + r * 0.001_388_888_9)))));
    series * f32::from_bits(((n as i32 + 127) as u32) << 23)
}

/// The Gaussian error linear unit. The error function is approximated by formula 7.1.26 of Abramowitz and Stegun, which
/// is off by at most 1.5e-7.
pub(crate) fn gelu(x: f32) -> f32 {
    let z = (x * std::f32::consts::FRAC_1_SQRT_2).abs();
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let series =
        t * (0.254_829_6 + t * (-0.284_496_74 + t * (1.421_413_7 + t * (-1.453_152 + t * 1.061_405_4))));
    let erf = 1.0 - series * exp(-z * z);
    0.5 * x * (1.0 + if x < 0.0 { -erf } else { erf })
}

/// Makes weights out of scores: positive, with the sum 1.
pub(crate) fn softmax(scores: &mut [f32]) {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = exp(*score - most);
        sum += *score;
    }
    for score in scores {
        *score /= sum;
    }
}

/// Scales a vector to length 1; one of zeros stays.
pub(crate) fn normalise(vector: &mut [f32]) {
    let length = dot(vector, vector).sqrt();
    if length > 0.0 {
        for value in vector {
            *value /= length;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_functions_are_those_of_the_textbook() {
        for i in -4000..4000 {
            let x = i as f32 / 50.0;
            let (ours, theirs) = (f64::from(exp(x)), f64::from(x).exp());
            assert!((ours - theirs).abs() <= theirs * 1e-6, "exp {x}");
        }
        for (x, y) in [(0.0, 0.0), (1.0, 0.841_344_7), (-1.0, -0.158_655_25), (3.0, 2.995_950_3), (-9.0, 0.0)]
        {
            assert!((gelu(x) - y).abs() < 1e-6, "gelu {x}");
        }
    }

    #[test]
    fn four_products_at_once_are_four_products() {
        let rows: Vec<Vec<f32>> = (0..4).map(|r| (0..16).map(|i| (r * i) as f32).collect()).collect();
        let x: Vec<f32> = (0..16).map(|i| i as f32).collect();
        let at_once = dot4([&rows[0], &rows[1], &rows[2], &rows[3]], &x);
        for (row, product) in rows.iter().zip(at_once) {
            assert_eq!(dot(row, &x), product);
        }
    }
}
