//! The two inner loops that take nearly all the time, with and without AVX2 + FMA.
//!
//! Each loop is written once, generic over fused or separate multiply-add; a copy compiled for AVX2 + FMA is chosen
//! when the processor has them. Fused sums round once instead of twice, so results may differ in the last bits
//! between processors, never between runs or threads.

#![expect(clippy::inline_always, reason = "the loops must become part of the copies compiled for AVX2")]

/// Columns computed together: two AVX registers.
const LANES: usize = 16;
/// Rows computed together: with [`LANES`] columns eight accumulator registers.
const ROWS: usize = 4;

/// A constant matrix of `depth` rows and `columns` columns, with a bias per column, laid out for [`multiply`].
#[derive(Debug)]
pub(super) struct PackedMatrix {
    depth: usize,
    columns: usize,
    /// For every [`LANES`] columns: the `depth` rows of these columns, filled up with zeros.
    panels: Vec<f32>,
    /// Filled up with zeros to a multiple of [`LANES`].
    bias: Vec<f32>,
}

impl PackedMatrix {
    /// Packs a matrix given column by column, each `depth` long; `bias` has one number per column.
    pub(super) fn from_columns(columns: &[f32], depth: usize, bias: &[f32]) -> Self {
        let panel_count = bias.len().div_ceil(LANES);
        let mut panels = vec![0.0; panel_count * depth * LANES];
        for (column, values) in columns.chunks_exact(depth).enumerate() {
            let panel = &mut panels[column / LANES * depth * LANES..];
            for (row, &value) in values.iter().enumerate() {
                panel[row * LANES + column % LANES] = value;
            }
        }
        let mut padded_bias = bias.to_vec();
        padded_bias.resize(panel_count * LANES, 0.0);
        Self { depth, columns: bias.len(), panels, bias: padded_bias }
    }

    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// Numbers kept, with those filled up.
    pub(super) fn elements(&self) -> usize {
        self.panels.len() + self.bias.len()
    }
}

#[inline(always)]
fn multiply_add<const FUSED: bool>(a: f32, b: f32, sum: f32) -> f32 {
    if FUSED { a.mul_add(b, sum) } else { a * b + sum }
}

/// Runs `$body::<true>` compiled for AVX2 + FMA where the processor has them, else `$body::<false>`.
macro_rules! on_best_processor {
    ($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) = $body:ident) => {
        $(#[$doc])*
        pub(super) fn $name($($argument: $type),*) {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,fma")]
                fn with_avx2($($argument: $type),*) {
                    $body::<true>($($argument),*);
                }
                if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                    #[expect(unsafe_code, reason = "calls code compiled for features that were just detected")]
                    // SAFETY: the processor has both features `with_avx2` is compiled for.
                    unsafe {
                        with_avx2($($argument),*);
                    }
                    return;
                }
            }
            $body::<false>($($argument),*);
        }
    };
}

on_best_processor! {
    /// `output = left · weights + bias`; `left` has rows of `weights.depth()`, `output` rows of `weights.columns()`.
    multiply(left: &[f32], weights: &PackedMatrix, output: &mut [f32]) = multiply_body
}

#[inline(always)]
fn multiply_body<const FUSED: bool>(left: &[f32], weights: &PackedMatrix, output: &mut [f32]) {
    let PackedMatrix { depth, columns, .. } = *weights;
    let panels = weights.panels.chunks_exact(depth * LANES).zip(weights.bias.as_chunks().0);
    for (panel_index, (panel, bias)) in panels.enumerate() {
        let first_column = panel_index * LANES;
        let used = LANES.min(columns - first_column);
        let left_blocks = left.chunks(ROWS * depth);
        for (left_block, output_block) in left_blocks.zip(output.chunks_mut(ROWS * columns)) {
            if left_block.len() == ROWS * depth {
                let sums = multiply_rows::<ROWS, FUSED>(left_block, depth, panel, bias);
                for (row, sums) in output_block.chunks_exact_mut(columns).zip(sums) {
                    row[first_column..first_column + used].copy_from_slice(&sums[..used]);
                }
            } else {
                let rows = left_block.chunks_exact(depth).zip(output_block.chunks_exact_mut(columns));
                for (left_row, row) in rows {
                    let [sums] = multiply_rows::<1, FUSED>(left_row, depth, panel, bias);
                    row[first_column..first_column + used].copy_from_slice(&sums[..used]);
                }
            }
        }
    }
}

#[inline(always)]
fn multiply_rows<const N: usize, const FUSED: bool>(
    left: &[f32],
    depth: usize,
    panel: &[f32],
    bias: &[f32; LANES],
) -> [[f32; LANES]; N] {
    let rows: [&[f32]; N] = std::array::from_fn(|row| &left[row * depth..][..depth]);
    let mut sums = [*bias; N];
    for (k, weights) in panel.as_chunks::<LANES>().0.iter().enumerate().take(depth) {
        for (sums, row) in sums.iter_mut().zip(rows) {
            let factor = row[k];
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum = multiply_add::<FUSED>(factor, *weight, *sum);
            }
        }
    }
    sums
}

on_best_processor! {
    /// Adds to every channel of `sums` the product of the channel's pixel value and weight.
    add_products(sums: &mut [f32], pixel: &[f32], weights: &[f32]) = add_products_body
}

#[inline(always)]
fn add_products_body<const FUSED: bool>(sums: &mut [f32], pixel: &[f32], weights: &[f32]) {
    for ((sum, value), weight) in sums.iter_mut().zip(pixel).zip(weights) {
        *sum = multiply_add::<FUSED>(*value, *weight, *sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_worked_out_by_hand() {
        // Columns (1, 2), (3, 4), (5, 6) with biases 10, 20, 30.
        let weights = PackedMatrix::from_columns(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2, &[10.0, 20.0, 30.0]);
        let mut output = [0.0; 6];
        multiply(&[1.0, 1.0, 2.0, -1.0], &weights, &mut output);
        assert_eq!(output, [13.0, 27.0, 41.0, 10.0, 22.0, 34.0]);
    }

    #[test]
    fn both_versions_agree_for_all_sizes_of_edges() {
        for (rows, depth, columns) in [(1, 1, 1), (3, 5, 2), (4, 7, 16), (5, 9, 17), (9, 3, 33)] {
            let numbers = |count: usize, step: usize| -> Vec<f32> {
                (0..count).map(|i| (i * step % 17) as f32 - 8.0).collect()
            };
            let left = numbers(rows * depth, 5);
            let weights = numbers(depth * columns, 7);
            let packed = PackedMatrix::from_columns(&weights, depth, &numbers(columns, 3));
            let (mut best, mut plain) = (vec![0.0; rows * columns], vec![0.0; rows * columns]);
            multiply(&left, &packed, &mut best);
            multiply_body::<false>(&left, &packed, &mut plain);
            assert_eq!(best, plain, "{rows}x{depth}x{columns}");
            let expected: f32 = (0..depth).map(|k| left[k] * weights[(columns - 1) * depth + k]).sum::<f32>()
                + numbers(columns, 3)[columns - 1];
            assert_eq!(best[columns - 1], expected);
        }
    }
}
