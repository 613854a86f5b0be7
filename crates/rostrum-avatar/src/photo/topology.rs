//! Which vertex of the 468-point face topology is what. "Left" is the left side of the picture.

/// Vertices of the mesh (the landmarks after them are the irises).
pub(crate) const VERTEX_COUNT: usize = 468;

/// The upper lip in four rings from its outer edge to the mouth opening, each of nine columns from left to right.
pub(crate) const UPPER_LIP: [[usize; 9]; 4] = [
    [185, 40, 39, 37, 0, 267, 269, 270, 409],
    [184, 74, 73, 72, 11, 302, 303, 304, 408],
    [183, 42, 41, 38, 12, 268, 271, 272, 407],
    [191, 80, 81, 82, 13, 312, 311, 310, 415],
];

/// The lower lip, likewise.
pub(crate) const LOWER_LIP: [[usize; 9]; 4] = [
    [146, 91, 181, 84, 17, 314, 405, 321, 375],
    [77, 90, 180, 85, 16, 315, 404, 320, 307],
    [96, 89, 179, 86, 15, 316, 403, 319, 325],
    [95, 88, 178, 87, 14, 317, 402, 318, 324],
];

/// The left and right corner of the mouth in the same four rings.
pub(crate) const MOUTH_CORNERS: [[usize; 2]; 4] = [[61, 291], [76, 306], [62, 292], [78, 308]];

/// The edge of the mouth opening, once around from the left corner over the upper lip.
pub(crate) const MOUTH_OPENING: [usize; 20] =
    [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95];

/// Middle of the inner edge of the upper and of the lower lip.
pub(crate) const UPPER_LIP_MIDDLE: usize = 13;
pub(crate) const LOWER_LIP_MIDDLE: usize = 14;

/// Lowest point of the chin and highest point of the forehead.
pub(crate) const CHIN: usize = 152;
pub(crate) const FOREHEAD: usize = 10;

/// One eye: each ring has seven columns from left to right on the left eye, mirrored on the right one.
#[derive(Debug)]
pub(crate) struct EyeRings {
    /// Edge of the upper lid.
    pub(crate) upper_lid: [usize; 7],
    /// Edge of the lower lid.
    pub(crate) lower_lid: [usize; 7],
    /// The skin above the upper lid, ring by ring outwards.
    pub(crate) above: [[usize; 7]; 2],
    /// The skin below the lower lid.
    pub(crate) below: [usize; 7],
    /// The corner at the start and at the end of the columns.
    pub(crate) corners: [usize; 2],
}

/// The left and the right eye.
pub(crate) const EYES: [EyeRings; 2] = [
    EyeRings {
        upper_lid: [246, 161, 160, 159, 158, 157, 173],
        lower_lid: [7, 163, 144, 145, 153, 154, 155],
        above: [[247, 30, 29, 27, 28, 56, 190], [113, 225, 224, 223, 222, 221, 189]],
        below: [25, 110, 24, 23, 22, 26, 112],
        corners: [33, 133],
    },
    EyeRings {
        upper_lid: [466, 388, 387, 386, 385, 384, 398],
        lower_lid: [249, 390, 373, 374, 380, 381, 382],
        above: [[467, 260, 259, 257, 258, 286, 414], [342, 445, 444, 443, 442, 441, 413]],
        below: [255, 339, 254, 253, 252, 256, 341],
        corners: [263, 362],
    },
];

/// Outer corners of the left and the right eye.
pub(crate) const OUTER_EYE_CORNERS: [usize; 2] = [33, 263];

/// Both brows.
pub(crate) const BROWS: [usize; 20] =
    [70, 63, 105, 66, 107, 46, 53, 52, 65, 55, 300, 293, 334, 296, 336, 276, 283, 282, 295, 285];

/// The outline of the face, once around.
pub(crate) const OVAL: [usize; 36] = [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176,
    149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
];

/// Places of plain skin on the cheeks, and on forehead and nose, to read the light from.
pub(crate) const CHEEK_SPOTS: [usize; 6] = [50, 280, 101, 330, 205, 425];
pub(crate) const UPPER_SKIN_SPOTS: [usize; 5] = [151, 9, 4, 5, 195];

/// Places on the red of the lower lip.
pub(crate) const LOWER_LIP_SPOTS: [usize; 3] = [16, 85, 315];
