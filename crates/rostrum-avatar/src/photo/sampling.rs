//! The innermost loop of all warping: a row of pixels from a straight line through a texture.

use super::texture::TexturePoint;

/// Texture coordinates are 16.16 fixed point.
pub(super) const FRACTION_BITS: u32 = 16;

/// Bytes of a texel: R, G, B.
pub(super) const TEXEL: usize = 3;

/// Pixels that are sampled at once where the processor can, which is as fast as sampling a few of them.
pub(super) const AT_ONCE: usize = 16;

/// Bytes that are read from each texel on, at most.
const READ: usize = 128;
/// Bytes that lie behind the last texel, so that they can be read from it on.
pub(super) const PADDING: usize = READ - TEXEL;

/// The weights of neighbours, which add up to this: as fine as products of bytes allow that fit signed words.
const WEIGHT_BITS: u32 = 6;
const WHOLE: i32 = 1 << WEIGHT_BITS;

/// Products of words are rounded to their upper bits, less the sign: a share that stands so many bits higher divides by
/// [`WHOLE`] as it multiplies.
#[cfg(target_arch = "x86_64")]
const HIGH: i32 = 15 - WEIGHT_BITS as i32;

/// A texture's texels, `stride` bytes a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texels<'t> {
    pub(super) bytes: &'t [u8],
    pub(super) stride: usize,
}

impl Texels<'_> {
    /// Fills `row`, three bytes a pixel, by bilinear interpolation: the first pixel from `start`, each further one `step`
    /// on. Places count in 64ths of a texel.
    ///
    /// The bytes are the same on every processor.
    ///
    /// # Panics
    /// When a place's right or lower neighbour lies beyond the texture's bytes.
    pub(super) fn sample(self, row: &mut [u8], start: TexturePoint, step: TexturePoint) {
        let Some(steps) = (row.len() / 3).checked_sub(1) else { return };
        let places = |k: usize| {
            let (first, way) = (i64::from(start[k]), i64::from(step[k]) * steps as i64);
            [first + way.min(0), first + way.max(0)].map(|place| place >> FRACTION_BITS)
        };
        let ([left, right], [top, bottom]) = (places(0), places(1));
        let end = (bottom + 1) * self.stride as i64 + right * TEXEL as i64 + READ as i64;
        assert!(left >= 0 && top >= 0 && end <= self.bytes.len() as i64, "the row leaves the texture");
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && self.stride.max((right.max(bottom) + 1) as usize) < 1 << 15 {
            #[expect(unsafe_code, reason = "calls code compiled for a feature that was just detected")]
            // SAFETY: the processor has the features the functions are compiled for, and all places were found to lie inside a
            // texture that is small enough.
            unsafe {
                if is_x86_feature_detected!("avx512bw") && is_x86_feature_detected!("avx512vbmi") {
                    by_sixteens::sample(self, row, start, step);
                } else {
                    by_fours::sample(self, row, start, step);
                }
            }
            return;
        }
        self.sample_singly(row, start, step);
    }

    fn sample_singly(self, row: &mut [u8], start: TexturePoint, step: TexturePoint) {
        let mut at = start;
        for pixel in row.chunks_exact_mut(3) {
            let first = self.first_byte(at);
            let (top, bottom) = (&self.bytes[first..], &self.bytes[first + self.stride..]);
            let [right, down] = at.map(fraction);
            for (k, part) in pixel.iter_mut().enumerate() {
                let column = |left: usize| {
                    i32::from(top[left + k]) * (WHOLE - down) + i32::from(bottom[left + k]) * down
                };
                *part = between(column(0), column(TEXEL), right) as u8;
            }
            at = [0, 1].map(|k| at[k].wrapping_add(step[k]));
        }
    }

    /// Where the bytes of a place's texel begin.
    fn first_byte(&self, at: TexturePoint) -> usize {
        (at[1] >> FRACTION_BITS) as usize * self.stride + (at[0] >> FRACTION_BITS) as usize * TEXEL
    }
}

/// How far a place is on the way to the next texel, 0..[`WHOLE`].
fn fraction(fixed: i32) -> i32 {
    (fixed >> (FRACTION_BITS - WEIGHT_BITS)) & (WHOLE - 1)
}

/// What lies between two neighbours that were weighed already, by the share of the right one. Both the way from one to the
/// other and the sum are rounded, as words have no room for the bits that are left.
fn between(left: i32, right: i32, share: i32) -> i32 {
    let rounded = |weighed: i32| (weighed + WHOLE / 2) >> WEIGHT_BITS;
    rounded(left + rounded((right - left) * share))
}

/// Four pixels at a time, one in each half of two registers: of each channel first the upper and lower texels are weighed,
/// then, of all four in one register, the left and right ones.
#[cfg(target_arch = "x86_64")]
mod by_fours {
    use std::arch::x86_64::{
        __m128i, __m256i, _mm_blend_epi16, _mm_cvtsi128_si32, _mm_extract_epi32, _mm_loadl_epi64,
        _mm_madd_epi16, _mm_set1_epi32, _mm_srli_epi32, _mm_storel_epi64, _mm_unpacklo_epi8,
        _mm256_add_epi16, _mm256_add_epi32, _mm256_and_si256, _mm256_blend_epi16, _mm256_castsi256_si128,
        _mm256_extracti128_si256, _mm256_loadu_si256, _mm256_maddubs_epi16, _mm256_min_epi32,
        _mm256_mulhrs_epi16, _mm256_mullo_epi32, _mm256_or_si256, _mm256_set_epi32, _mm256_set_m128i,
        _mm256_set1_epi16, _mm256_set1_epi32, _mm256_shuffle_epi8, _mm256_slli_epi32, _mm256_srai_epi32,
        _mm256_sub_epi16, _mm256_sub_epi32,
    };

    use super::{FRACTION_BITS, HIGH, TEXEL, Texels, TexturePoint, WEIGHT_BITS, WHOLE};

    /// A register's bytes.
    type Bytes = [i8; 32];

    /// Bytes of four pixels, and of as many as are written for them.
    const FOUR: usize = 12;
    const WRITTEN: usize = 14;

    /// The left texels of pixels 1 and 3 behind those of pixels 0 and 2, and the right texels of these in front of theirs.
    static TO_SECOND: Bytes = twice([-1, -1, -1, -1, -1, -1, 0, 1, 2, 3, 4, 5, -1, -1, -1, -1]);
    static TO_FIRST: Bytes = twice([6, 7, 8, 9, 10, 11, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1]);
    /// The words that are the second pixel's of their half.
    const SECOND: i32 = 0b0011_1000;
    /// The lower bytes of words.
    static COLOURS: Bytes = twice([0, 2, 4, 6, 8, 10, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1]);
    /// The first bytes of the double words of pixels 0 and 2, or 1 and 3, over each half; of pixels 0 and 1, and 2 and 3, each
    /// over three words.
    static PAIRS: [Bytes; 2] = [of_pixels([0, 2], 16), of_pixels([1, 3], 16)];
    static SHARES: Bytes = of_pixels([0, 2], 6);

    const fn twice(half: [i8; 16]) -> Bytes {
        let mut both = [0; 32];
        let mut k = 0;
        while k < 32 {
            both[k] = half[k % 16];
            k += 1;
        }
        both
    }

    /// Pairs of bytes of each half's pixel, and of the next one after so many bytes.
    const fn of_pixels(pixels: [i8; 2], length: i8) -> Bytes {
        let mut all = [0; 32];
        let mut k = 0;
        while k < 32 {
            let byte = k % 16;
            all[k as usize] = (pixels[(k / 16) as usize] + byte / length) * 4 + k % 2;
            k += 1;
        }
        all
    }

    /// As [`Texels::sample`].
    ///
    /// # Safety
    /// The bytes of all places' right and lower neighbours are the texture's, whose rows and columns and whose stride are less
    /// than 2^15.
    #[target_feature(enable = "avx2")]
    #[expect(unsafe_code, reason = "reads places that were checked for the whole row")]
    pub(super) unsafe fn sample(texels: Texels<'_>, row: &mut [u8], start: TexturePoint, step: TexturePoint) {
        let numbers = _mm256_set_epi32(3, 2, 1, 0, 3, 2, 1, 0);
        let along = |k: usize, numbers| {
            _mm256_add_epi32(
                _mm256_set1_epi32(start[k]),
                _mm256_mullo_epi32(numbers, _mm256_set1_epi32(step[k])),
            )
        };
        let mut places = [along(0, numbers), along(1, numbers)];
        let next = step.map(|step| _mm256_set1_epi32(step.wrapping_mul(4)));
        let pixels = row.len() / 3;
        let mut rest = row;
        while rest.len() >= FOUR {
            // SAFETY: the caller vouches for the places.
            let halves = unsafe { four(texels, places) };
            if rest.len() >= WRITTEN {
                // SAFETY: there is room. The last two bytes are the next pixel's, which is written later.
                unsafe { write(halves, rest.as_mut_ptr()) };
            } else {
                rest[..FOUR].copy_from_slice(&written(halves)[..FOUR]);
            }
            rest = &mut rest[FOUR..];
            places = [0, 1].map(|k| _mm256_add_epi32(places[k], next[k]));
        }
        if !rest.is_empty() {
            // Pixels beyond the row's end are the last one again.
            let first = pixels - rest.len() / 3;
            let numbers = _mm256_add_epi32(numbers, _mm256_set1_epi32(first as i32));
            let numbers = _mm256_min_epi32(numbers, _mm256_set1_epi32(pixels as i32 - 1));
            // SAFETY: as above.
            let halves = unsafe { four(texels, [along(0, numbers), along(1, numbers)]) };
            rest.copy_from_slice(&written(halves)[..rest.len()]);
        }
    }

    /// The bytes of two pixels from each half.
    #[inline]
    #[target_feature(enable = "avx2")]
    #[expect(unsafe_code, reason = "writes part of a register")]
    fn written(halves: __m256i) -> [u8; WRITTEN] {
        let mut bytes = [0; WRITTEN];
        // SAFETY: there is room.
        unsafe { write(halves, bytes.as_mut_ptr()) };
        bytes
    }

    /// Writes two pixels from each half.
    ///
    /// # Safety
    /// There is room for [`WRITTEN`] bytes.
    #[inline]
    #[target_feature(enable = "avx2")]
    #[expect(unsafe_code, reason = "writes part of a register")]
    unsafe fn write(halves: __m256i, to: *mut u8) {
        // SAFETY: the caller vouches for the room.
        unsafe {
            _mm_storel_epi64(to.cast(), _mm256_castsi256_si128(halves));
            _mm_storel_epi64(to.add(FOUR / 2).cast(), _mm256_extracti128_si256::<1>(halves));
        }
    }

    /// Two pixels at the beginning of each half. Both halves of `xs` and `ys` have all four places.
    ///
    /// # Safety
    /// As [`sample`].
    #[inline]
    #[target_feature(enable = "avx2")]
    #[expect(unsafe_code, reason = "reads places that were checked for the whole row")]
    unsafe fn four(texels: Texels<'_>, [xs, ys]: [__m256i; 2]) -> __m256i {
        // The byte of a place is its row times the stride and its column times a texel's bytes.
        let [columns, rows] = [_mm256_castsi256_si128(xs), _mm256_castsi256_si128(ys)];
        let texel = _mm_blend_epi16::<0b1010_1010>(_mm_srli_epi32::<{ FRACTION_BITS as i32 }>(columns), rows);
        let lengths = _mm_set1_epi32((texels.stride as i32) << 16 | TEXEL as i32);
        let first: __m128i = _mm_madd_epi16(texel, lengths);
        let lower = share(ys);
        let upper = _mm256_sub_epi32(_mm256_set1_epi32(WHOLE), lower);
        let along = _mm256_or_si256(upper, _mm256_slli_epi32::<8>(lower));
        // SAFETY: the caller vouches for the places.
        let (even, odd) = unsafe {
            (
                squares(texels, _mm_cvtsi128_si32(first), _mm_extract_epi32::<2>(first)),
                squares(texels, _mm_extract_epi32::<1>(first), _mm_extract_epi32::<3>(first)),
            )
        };
        let even = _mm256_maddubs_epi16(even, _mm256_shuffle_epi8(along, load(&PAIRS[0])));
        let odd = _mm256_maddubs_epi16(odd, _mm256_shuffle_epi8(along, load(&PAIRS[1])));
        let left = _mm256_blend_epi16::<SECOND>(even, _mm256_shuffle_epi8(odd, load(&TO_SECOND)));
        let right = _mm256_blend_epi16::<SECOND>(_mm256_shuffle_epi8(even, load(&TO_FIRST)), odd);
        let shares = _mm256_shuffle_epi8(_mm256_slli_epi32::<HIGH>(share(xs)), load(&SHARES));
        let way = _mm256_mulhrs_epi16(_mm256_sub_epi16(right, left), shares);
        let colours = _mm256_mulhrs_epi16(_mm256_add_epi16(left, way), _mm256_set1_epi16(1 << HIGH));
        _mm256_shuffle_epi8(colours, load(&COLOURS))
    }

    /// The share of the next texel, for each place.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn share(places: __m256i) -> __m256i {
        let share = _mm256_srai_epi32::<{ (FRACTION_BITS - WEIGHT_BITS) as i32 }>(places);
        _mm256_and_si256(share, _mm256_set1_epi32(WHOLE - 1))
    }

    /// The four texels of two pixels, whose first bytes are given: of each pixel the upper and lower bytes in turn.
    ///
    /// # Safety
    /// They are bytes of the texture, and so are those of the neighbours.
    #[inline]
    #[target_feature(enable = "avx2")]
    #[expect(unsafe_code, reason = "reads places that were checked for the whole row")]
    unsafe fn squares(texels: Texels<'_>, one: i32, other: i32) -> __m256i {
        let (bytes, stride) = (texels.bytes.as_ptr(), texels.stride);
        // SAFETY: the caller vouches for the places.
        unsafe {
            let (one, other) = (bytes.add(one as usize), bytes.add(other as usize));
            let low = _mm_unpacklo_epi8(_mm_loadl_epi64(one.cast()), _mm_loadl_epi64(one.add(stride).cast()));
            let high =
                _mm_unpacklo_epi8(_mm_loadl_epi64(other.cast()), _mm_loadl_epi64(other.add(stride).cast()));
            _mm256_set_m128i(high, low)
        }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    #[expect(unsafe_code, reason = "loads a register")]
    fn load(bytes: &Bytes) -> __m256i {
        // SAFETY: there are as many bytes as the register has.
        unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
    }
}

/// Sixteen pixels at a time: as they lie close together in the texture, all their texels are picked out of one piece of each
/// row. Channels are weighed as by fours.
#[cfg(target_arch = "x86_64")]
mod by_sixteens {
    use std::arch::x86_64::{
        __m512i, _MM_HINT_T0, _mm_prefetch, _mm_storeu_si128, _mm256_storeu_si256, _mm512_add_epi8,
        _mm512_add_epi16, _mm512_add_epi32, _mm512_and_si512, _mm512_castsi512_si256,
        _mm512_extracti32x4_epi32, _mm512_loadu_si512, _mm512_maddubs_epi16, _mm512_mask_add_epi8,
        _mm512_mask_blend_epi8, _mm512_mask_storeu_epi8, _mm512_mulhrs_epi16, _mm512_mullo_epi32,
        _mm512_or_si512, _mm512_packus_epi16, _mm512_permutex2var_epi8, _mm512_permutexvar_epi8,
        _mm512_set_epi32, _mm512_set1_epi8, _mm512_set1_epi16, _mm512_set1_epi32, _mm512_setzero_si512,
        _mm512_slli_epi32, _mm512_srai_epi32, _mm512_sub_epi8, _mm512_sub_epi16, _mm512_sub_epi32,
        _mm512_test_epi8_mask, _mm512_unpackhi_epi8, _mm512_unpacklo_epi8,
    };
    use std::ops::RangeInclusive;

    use super::{
        AT_ONCE, FRACTION_BITS, HIGH, READ, TEXEL, Texels, TexturePoint, WEIGHT_BITS, WHOLE, by_fours,
    };

    /// Bytes of the pixels.
    const WRITTEN: usize = AT_ONCE * TEXEL;

    /// Rows below those that are read which are fetched from memory meanwhile: what is drawn next, beneath, is read from there.
    const ROWS_AHEAD: RangeInclusive<usize> = 4..=5;

    /// For each written byte: its channel, and where the bytes of its pixel's double word are.
    static CHANNELS: [u8; 64] = of_bytes(None);
    static OF_PIXELS: [[u8; 64]; 4] =
        [of_bytes(Some(0)), of_bytes(Some(1)), of_bytes(Some(2)), of_bytes(Some(3))];

    const fn of_bytes(part: Option<usize>) -> [u8; 64] {
        let mut all = [0; 64];
        let mut k = 0;
        while k < WRITTEN {
            all[k] = match part {
                Some(part) => k / TEXEL * 4 + part,
                None => k % TEXEL,
            } as u8;
            k += 1;
        }
        all
    }

    /// Where some pixels lie: the leftmost column and the upper row, and whether some lie in the row below it.
    struct Piece {
        left: usize,
        top: usize,
        has_two_rows: bool,
        /// Whether a register holds less than one row of it.
        is_long: bool,
    }

    impl Piece {
        /// Of places on a line; `None` when it is too long or too steep.
        fn of_line([x, y]: TexturePoint, [last_x, last_y]: TexturePoint) -> Option<Self> {
            let (left, right) = (x.min(last_x) >> FRACTION_BITS, x.max(last_x) >> FRACTION_BITS);
            let (top, bottom) = (y.min(last_y) >> FRACTION_BITS, y.max(last_y) >> FRACTION_BITS);
            let length = (right - left + 2) as usize * TEXEL;
            let fits = length <= READ && bottom - top <= 1;
            fits.then_some(Self {
                left: left as usize,
                top: top as usize,
                has_two_rows: bottom > top,
                is_long: length > READ / 2,
            })
        }
    }

    /// As [`Texels::sample`].
    ///
    /// # Safety
    /// As [`by_fours::sample`], and [`READ`] bytes from each place's texel and its lower neighbour on are the texture's.
    #[target_feature(enable = "avx2,avx512f,avx512bw,avx512vbmi")]
    #[expect(unsafe_code, reason = "reads places that were checked for the whole row")]
    pub(super) unsafe fn sample(texels: Texels<'_>, row: &mut [u8], start: TexturePoint, step: TexturePoint) {
        let numbers = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
        let steps = step.map(|step| _mm512_mullo_epi32(numbers, _mm512_set1_epi32(step)));
        let mut first = start;
        let on = |from: TexturePoint, pixels: usize| {
            [0, 1].map(|k| from[k].wrapping_add(step[k].wrapping_mul(pixels as i32)))
        };
        for pixels in row.chunks_mut(WRITTEN) {
            match Piece::of_line(first, on(first, pixels.len() / TEXEL - 1)) {
                Some(piece) => {
                    let places = [0, 1].map(|k| _mm512_add_epi32(_mm512_set1_epi32(first[k]), steps[k]));
                    // SAFETY: the caller vouches for the places.
                    let bytes = unsafe {
                        if piece.is_long {
                            sixteen::<true>(texels, &piece, places)
                        } else {
                            sixteen::<false>(texels, &piece, places)
                        }
                    };
                    write(bytes, pixels);
                }
                // SAFETY: the caller vouches for the places.
                None => unsafe { by_fours::sample(texels, pixels, first, step) },
            }
            first = on(first, AT_ONCE);
        }
    }

    /// Writes what there is room for, whole pixels.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    #[expect(unsafe_code, reason = "writes parts of a register")]
    fn write(bytes: __m512i, to: &mut [u8]) {
        let length = to.len().min(WRITTEN);
        let to = to.as_mut_ptr();
        if length == WRITTEN {
            // SAFETY: there is room for all.
            unsafe {
                _mm256_storeu_si256(to.cast(), _mm512_castsi512_si256(bytes));
                _mm_storeu_si128(to.add(32).cast(), _mm512_extracti32x4_epi32::<2>(bytes));
            }
        } else {
            // SAFETY: only as many bytes are written as there are.
            unsafe { _mm512_mask_storeu_epi8(to.cast(), (1 << length) - 1, bytes) };
        }
    }

    /// The bytes of sixteen pixels; those of places outside the piece have any value.
    ///
    /// # Safety
    /// As [`sample`]; the piece is as long as is said.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    #[expect(unsafe_code, reason = "reads places that were checked for the whole row")]
    unsafe fn sixteen<const IS_LONG: bool>(
        texels: Texels<'_>,
        piece: &Piece,
        [xs, ys]: [__m512i; 2],
    ) -> __m512i {
        // Of each pixel, a byte each: where its texel begins in the piece, the shares of the right and the lower texels, and
        // whether it lies in the second row.
        let columns = _mm512_sub_epi32(whole(xs), _mm512_set1_epi32(piece.left as i32));
        let texel = _mm512_add_epi32(columns, _mm512_slli_epi32::<1>(columns));
        let below = _mm512_sub_epi32(whole(ys), _mm512_set1_epi32(piece.top as i32));
        let upwards = _mm512_or_si512(_mm512_slli_epi32::<8>(share(xs)), _mm512_slli_epi32::<16>(share(ys)));
        let pixels = _mm512_or_si512(_mm512_or_si512(texel, _mm512_slli_epi32::<24>(below)), upwards);
        let part = |number: usize| _mm512_permutexvar_epi8(load(&OF_PIXELS[number]), pixels);

        let left = _mm512_add_epi8(part(0), load(&CHANNELS));
        let right = _mm512_add_epi8(left, _mm512_set1_epi8(TEXEL as i8));
        // SAFETY: the caller vouches for the places.
        let row = |number: usize| unsafe {
            let first = texels.bytes.as_ptr().add((piece.top + number) * texels.stride + piece.left * TEXEL);
            let second = || _mm512_loadu_si512(first.add(READ / 2).cast());
            [_mm512_loadu_si512(first.cast()), if IS_LONG { second() } else { _mm512_setzero_si512() }]
        };
        for number in ROWS_AHEAD {
            let ahead = texels.bytes.as_ptr();
            let ahead = ahead.wrapping_add((piece.top + number) * texels.stride + piece.left * TEXEL);
            _mm_prefetch::<_MM_HINT_T0>(ahead.cast());
            if IS_LONG {
                _mm_prefetch::<_MM_HINT_T0>(ahead.wrapping_add(READ / 2).cast());
            }
        }
        let pick = |[first, second]: [__m512i; 2], texel| _mm512_permutex2var_epi8(first, texel, second);
        let (upper, lower) = (row(0), row(1));
        let corners = if piece.has_two_rows {
            let third = row(2);
            let below = _mm512_test_epi8_mask(part(3), _mm512_set1_epi8(1));
            let choose = |[first, second]: [[__m512i; 2]; 2], texel| {
                if IS_LONG {
                    _mm512_mask_blend_epi8(below, pick(first, texel), pick(second, texel))
                } else {
                    // One register holds a row, so that two of them are picked from at once.
                    let other = _mm512_set1_epi8((READ / 2) as i8);
                    pick([first[0], second[0]], _mm512_mask_add_epi8(texel, below, texel, other))
                }
            };
            let (above, beneath) = ([upper, lower], [lower, third]);
            [choose(above, left), choose(beneath, left), choose(above, right), choose(beneath, right)]
        } else {
            [pick(upper, left), pick(lower, left), pick(upper, right), pick(lower, right)]
        };
        weigh(corners, part(1), part(2))
    }

    /// The mean of the left upper, left lower, right upper and right lower texels of each pixel, by the shares of the right and
    /// the lower ones.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn weigh(corners: [__m512i; 4], right: __m512i, lower: __m512i) -> __m512i {
        let upper = _mm512_sub_epi8(_mm512_set1_epi8(WHOLE as i8), lower);
        let along = [_mm512_unpacklo_epi8(upper, lower), _mm512_unpackhi_epi8(upper, lower)];
        let column = |above, below| {
            [
                _mm512_maddubs_epi16(_mm512_unpacklo_epi8(above, below), along[0]),
                _mm512_maddubs_epi16(_mm512_unpackhi_epi8(above, below), along[1]),
            ]
        };
        let (left_columns, right_columns) = (column(corners[0], corners[1]), column(corners[2], corners[3]));
        // As the upper bytes of words they are eight bits higher.
        let shares = _mm512_slli_epi32::<{ HIGH as u32 - 8 }>(right);
        let none = _mm512_setzero_si512();
        let shares = [_mm512_unpacklo_epi8(none, shares), _mm512_unpackhi_epi8(none, shares)];
        let half = |k: usize| {
            let way = _mm512_mulhrs_epi16(_mm512_sub_epi16(right_columns[k], left_columns[k]), shares[k]);
            _mm512_mulhrs_epi16(_mm512_add_epi16(left_columns[k], way), _mm512_set1_epi16(1 << HIGH))
        };
        _mm512_packus_epi16(half(0), half(1))
    }

    /// Numbers of the texels.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn whole(places: __m512i) -> __m512i {
        _mm512_srai_epi32::<FRACTION_BITS>(places)
    }

    /// Shares of the next texels.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn share(places: __m512i) -> __m512i {
        let share = _mm512_srai_epi32::<{ FRACTION_BITS - WEIGHT_BITS }>(places);
        _mm512_and_si512(share, _mm512_set1_epi32(WHOLE - 1))
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    #[expect(unsafe_code, reason = "loads a register")]
    fn load(bytes: &[u8; 64]) -> __m512i {
        // SAFETY: there are as many bytes as the register has.
        unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motion::Draws;

    #[test]
    fn pixels_are_the_same_however_many_at_a_time() {
        const SIDE: usize = 256;
        let mut draws = Draws::new(11);
        let texels = SIDE * SIDE * TEXEL;
        let bytes: Vec<u8> = (0..texels + PADDING).map(|_| draws.between(0.0, 256.0) as u8).collect();
        let texels = Texels { bytes: &bytes, stride: SIDE * TEXEL };
        for round in 0..2000 {
            let start = [0, 1].map(|_| draws.between(120.0, 136.0)).map(|place| (place * 65536.0) as i32);
            // Rows as they are mostly drawn, at single and double resolution, and in all directions.
            let step = match round % 4 {
                0 => [65_536 + draws.between(-4e3, 4e3) as i32, draws.between(-4e3, 4e3) as i32],
                1 => [131_072 + draws.between(-8e3, 8e3) as i32, draws.between(-8e3, 8e3) as i32],
                _ => [0, 1].map(|_| draws.between(-180_000.0, 180_000.0) as i32),
            };
            let pixels = draws.between(0.0, 40.0) as usize;
            let (mut singly, mut fast) = (vec![0; pixels * 3], vec![0; pixels * 3]);
            texels.sample_singly(&mut singly, start, step);
            texels.sample(&mut fast, start, step);
            assert_eq!(singly, fast, "{start:?} {step:?}");
        }
    }

    #[test]
    fn a_place_between_four_texels_is_their_mean() {
        let texels = [[10, 0, 255], [20, 0, 255], [30, 100, 255], [40, 100, 255]].as_flattened();
        let bytes = [texels, &[0; PADDING]].concat();
        let mut pixel = [0; 3];
        let half = 1 << (FRACTION_BITS - 1);
        Texels { bytes: &bytes, stride: 2 * TEXEL }.sample(&mut pixel, [half, half], [0, 0]);
        assert_eq!(pixel, [25, 50, 255]);
    }
}
