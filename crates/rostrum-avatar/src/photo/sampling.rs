//! The innermost loop of all warping: a row of pixels from a straight line through a texture.

use super::texture::TexturePoint;

/// Texture coordinates are 16.16 fixed point.
pub(super) const FRACTION_BITS: u32 = 16;

/// Bytes of a texel: R, G, B and a filler.
const TEXEL: usize = 4;

/// A texture's texels, `stride` bytes a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texels<'t> {
    pub(super) bytes: &'t [u8],
    pub(super) stride: usize,
}

impl Texels<'_> {
    /// Fills `row`, three bytes a pixel, by bilinear interpolation: the first pixel from `start`, each further one `step`
    /// on. Every place has a right and a lower neighbour in the texture.
    ///
    /// The bytes are the same on every processor.
    pub(super) fn sample(self, row: &mut [u8], start: TexturePoint, step: TexturePoint) {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            #[expect(unsafe_code, reason = "calls code compiled for a feature that was just detected")]
            // SAFETY: the processor has the feature `sample_in_pairs` is compiled for.
            unsafe {
                self.sample_in_pairs(row, start, step);
            }
            return;
        }
        self.sample_singly(row, start, step);
    }

    fn sample_singly(self, row: &mut [u8], start: TexturePoint, step: TexturePoint) {
        let mut at = start;
        for pixel in row.chunks_exact_mut(3) {
            let square = self.square(at);
            pixel.copy_from_slice(&blend(
                texels(square, 0),
                texels(square, self.stride),
                fraction(at[0]),
                fraction(at[1]),
            ));
            at = next(at, step);
        }
    }

    /// Two pixels at a time, each in one half of a register, with the arithmetic of [`blend`].
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn sample_in_pairs(self, row: &mut [u8], start: TexturePoint, step: TexturePoint) {
        use std::arch::x86_64::{
            __m256i, _mm_cvtsi128_si32, _mm_set_epi64x, _mm_set1_epi16, _mm256_add_epi16,
            _mm256_castsi256_si128, _mm256_cvtepu8_epi16, _mm256_extracti128_si256, _mm256_mullo_epi16,
            _mm256_packus_epi16, _mm256_set_m128i, _mm256_set1_epi16, _mm256_srli_epi16, _mm256_srli_si256,
            _mm256_sub_epi16,
        };

        let (half, whole) = (_mm256_set1_epi16(128), _mm256_set1_epi16(256));
        let words = |first: u64, second: u64| {
            _mm256_cvtepu8_epi16(_mm_set_epi64x(second.cast_signed(), first.cast_signed()))
        };
        let shares = |first: i32, second: i32| {
            let share = |fixed| _mm_set1_epi16(fraction(fixed).cast_signed());
            _mm256_set_m128i(share(second), share(first))
        };
        let mean = |near: __m256i, far: __m256i, share: __m256i| {
            let near = _mm256_mullo_epi16(near, _mm256_sub_epi16(whole, share));
            let sum = _mm256_add_epi16(near, _mm256_mullo_epi16(far, share));
            _mm256_srli_epi16(_mm256_add_epi16(sum, half), 8)
        };

        let mut first = start;
        let mut pairs = row.chunks_exact_mut(6);
        for pair in &mut pairs {
            let second = next(first, step);
            let [one, other] = [self.square(first), self.square(second)];
            let top = words(texels(one, 0), texels(other, 0));
            let bottom = words(texels(one, self.stride), texels(other, self.stride));
            let columns = mean(top, bottom, shares(first[1], second[1]));
            // The right texel of each pixel lies in the upper eight bytes of its half.
            let colours = mean(columns, _mm256_srli_si256::<8>(columns), shares(first[0], second[0]));
            let bytes = _mm256_packus_epi16(colours, colours);
            let [r, g, b, _] = _mm_cvtsi128_si32(_mm256_castsi256_si128(bytes)).to_le_bytes();
            let [r2, g2, b2, _] = _mm_cvtsi128_si32(_mm256_extracti128_si256::<1>(bytes)).to_le_bytes();
            pair.copy_from_slice(&[r, g, b, r2, g2, b2]);
            first = next(second, step);
        }
        self.sample_singly(pairs.into_remainder(), first, step);
    }

    /// The bytes from a place's texel to the end of the one below and to the right of it.
    fn square(&self, at: TexturePoint) -> &[u8] {
        let first =
            (at[1] >> FRACTION_BITS) as usize * self.stride + (at[0] >> FRACTION_BITS) as usize * TEXEL;
        &self.bytes[first..first + self.stride + 2 * TEXEL]
    }
}

fn next(at: TexturePoint, step: TexturePoint) -> TexturePoint {
    [at[0].wrapping_add(step[0]), at[1].wrapping_add(step[1])]
}

/// The upper eight bits of the fraction, 0..=255.
fn fraction(fixed: i32) -> u16 {
    ((fixed >> (FRACTION_BITS - 8)) & 255) as u16
}

/// Two texels side by side, the left one in the lower half.
fn texels(bytes: &[u8], first: usize) -> u64 {
    u64::from_le_bytes(bytes[first..first + 8].try_into().expect("the range has eight bytes"))
}

/// Bilinear mean of two texels above two texels; `right` and `down` in 256ths.
///
/// Works on every second byte of a word at once, each in 16 bits: 255 · 256 + 128 still fits.
#[inline]
fn blend(top: u64, bottom: u64, right: u16, down: u16) -> [u8; 3] {
    const EVEN: u64 = 0x00ff_00ff_00ff_00ff;
    const HALF: u64 = 0x0080_0080_0080_0080;
    let (down, right) = (u64::from(down), u64::from(right));
    let vertical =
        |top: u64, bottom: u64| (((top & EVEN) * (256 - down) + (bottom & EVEN) * down + HALF) >> 8) & EVEN;
    // Left texel in the low half of the word, right texel in the high half.
    let horizontal =
        |both: u64| ((both & 0xffff_ffff) * (256 - right) + (both >> 32) * right + (HALF & 0xffff_ffff)) >> 8;
    let red_blue = horizontal(vertical(top, bottom));
    let green = horizontal(vertical(top >> 8, bottom >> 8));
    [red_blue as u8, green as u8, (red_blue >> 16) as u8]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motion::Draws;

    #[test]
    fn pixels_are_the_same_one_at_a_time_and_in_pairs() {
        let mut draws = Draws::new(11);
        let bytes: Vec<u8> = (0..16 * 16 * TEXEL).map(|_| draws.between(0.0, 256.0) as u8).collect();
        let texels = Texels { bytes: &bytes, stride: 16 * TEXEL };
        for round in 0..400 {
            let start = [0, 1].map(|_| draws.between(5.0, 9.0)).map(|place| (place * 65536.0) as i32);
            let step = [0, 1].map(|_| draws.between(-20_000.0, 20_000.0) as i32);
            let pixels = round % 12;
            let (mut singly, mut fast) = (vec![0; pixels * 3], vec![0; pixels * 3]);
            texels.sample_singly(&mut singly, start, step);
            texels.sample(&mut fast, start, step);
            assert_eq!(singly, fast, "{start:?} {step:?}");
        }
    }

    #[test]
    fn a_place_between_four_texels_is_their_mean() {
        let bytes: Vec<u8> =
            [[10, 0, 255, 9], [20, 0, 255, 9], [30, 100, 255, 9], [40, 100, 255, 9]].concat();
        let mut pixel = [0; 3];
        let half = 1 << (FRACTION_BITS - 1);
        Texels { bytes: &bytes, stride: 8 }.sample(&mut pixel, [half, half], [0, 0]);
        assert_eq!(pixel, [25, 50, 255]);
    }
}
