//! Pictures of every type, decoded.

use std::path::Path;

use rostrum_media::{ImageLimits, MediaError, decode_image, decode_picture};
use rostrum_model::picture::RgbImage;

use super::{ffmpeg, make};

/// Left half red, right half blue; 16 wide, 8 high.
const RED_AND_BLUE: &str =
    "-f lavfi -i color=red:size=8x8 -f lavfi -i color=blue:size=8x8 -filter_complex hstack -frames:v 1";

async fn decode(bytes: Vec<u8>) -> Result<RgbImage, MediaError> {
    let folder = tempfile::tempdir().unwrap();
    let image = decode_picture(&ffmpeg(), folder.path(), bytes, ImageLimits::default()).await;
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing stays behind");
    image
}

fn is_red([r, g, b]: [u8; 3]) -> bool {
    r > 220 && g < 40 && b < 40
}

fn is_blue([r, g, b]: [u8; 3]) -> bool {
    r < 40 && g < 40 && b > 220
}

#[tokio::test]
async fn pictures_of_every_type_are_decoded_in_their_colours() {
    let folder = tempfile::tempdir().unwrap();
    for format in [
        "-c:v png -f image2",
        "-c:v mjpeg -pix_fmt yuvj444p -q:v 1 -f image2",
        "-c:v libwebp -lossless 1 -f webp",
        "-f gif",
        "-c:v libaom-av1 -cpu-used 8 -still-picture 1 -f avif",
    ] {
        let path = make(folder.path(), "picture", &format!("{RED_AND_BLUE} {format}"));
        let image = decode(std::fs::read(path).unwrap()).await.unwrap();
        assert_eq!((image.width, image.height), (16, 8), "{format}");
        assert!(is_red(image.at(2, 4)) && is_blue(image.at(13, 4)), "{format}");
    }
}

#[tokio::test]
async fn of_a_moving_picture_the_first_frame_is_decoded() {
    let folder = tempfile::tempdir().unwrap();
    let moving =
        "-f lavfi -i color=red:size=8x8:duration=1:rate=5,fade=in:0:1:color=red,fade=out:2:1:color=blue";
    for format in ["-f gif", "-c:v libwebp_anim -lossless 1 -f webp"] {
        let path = make(folder.path(), "moving", &format!("{moving} {format}"));
        let image = decode_image(&std::fs::read(path).unwrap(), ImageLimits::default()).unwrap();
        assert!(is_red(image.at(4, 4)), "{format}: {:?}", image.at(4, 4));
    }
}

fn iso_box(kind: &[u8], content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    [&((content.len() + 8) as u32).to_be_bytes()[..], kind, &content].concat()
}

/// What a HEIC file of a grid consists of, apart from its tiles.
struct Grid<'a> {
    rows: u8,
    columns: u8,
    size: (u16, u16),
    /// Further properties of the whole, such as how it is turned.
    properties: &'a [Vec<u8>],
}

/// A HEIC file as phones write it: tiles of one size, each an HEVC picture of its own, put together to a larger one.
fn heic(grid: &Grid<'_>, tile_size: u32, tiles: &[Vec<u8>]) -> Vec<u8> {
    let be16 = |value: usize| (value as u16).to_be_bytes();
    let count = tiles.len();
    let units: Vec<Vec<Vec<u8>>> = tiles.iter().map(|tile| nal_units(tile)).collect();
    // Parameter sets go to the property that all tiles share.
    let kind = |unit: &[u8]| unit[0] >> 1 & 0x3f;
    let mut configuration = vec![1; 21];
    configuration.push(3);
    let sets: Vec<&Vec<u8>> = units[0].iter().filter(|unit| (32..=34).contains(&kind(unit))).collect();
    configuration.push(sets.len() as u8);
    for set in sets {
        configuration.extend([kind(set), 0, 1]);
        configuration.extend(be16(set.len()));
        configuration.extend(set);
    }
    let data: Vec<Vec<u8>> = units
        .iter()
        .map(|units| {
            let pictures = units.iter().filter(|unit| kind(unit) < 32);
            pictures.flat_map(|unit| [&(unit.len() as u32).to_be_bytes()[..], unit].concat()).collect()
        })
        .collect();
    let (width, height) = grid.size;
    let descriptor =
        [&[0, 0, grid.rows - 1, grid.columns - 1][..], &width.to_be_bytes(), &height.to_be_bytes()].concat();

    // Items 1..=count are the tiles, the one after them is the grid.
    let whole = count + 1;
    let infe =
        |item: usize, kind: &[u8]| iso_box(b"infe", &[&[2, 0, 0, 0], &be16(item), &[0, 0], kind, &[0]]);
    let mut infos: Vec<u8> = (1..=count).flat_map(|item| infe(item, b"hvc1")).collect();
    infos.extend(infe(whole, b"grid"));
    let ispe =
        |width: u32, height: u32| iso_box(b"ispe", &[&[0; 4], &width.to_be_bytes(), &height.to_be_bytes()]);
    let mut properties =
        [iso_box(b"hvcC", &[&configuration]), ispe(tile_size, tile_size), ispe(width.into(), height.into())]
            .concat();
    properties.extend(grid.properties.concat());
    let mut owned = Vec::new();
    for item in 1..=count {
        owned.extend([&be16(item)[..], &[2, 0x81, 2]].concat());
    }
    owned.extend(be16(whole));
    owned.push(1 + grid.properties.len() as u8);
    owned.extend((0..=grid.properties.len()).map(|place| 3 + place as u8));
    let references: Vec<u8> = (1..=count).flat_map(be16).collect();
    let file_type = iso_box(b"ftyp", &[b"heic\0\0\0\0mif1heic"]);
    let meta = |data_at: usize| {
        let mut at = data_at;
        let mut places = Vec::new();
        for (item, length) in (1..).zip(data.iter().map(Vec::len)) {
            places.extend([&be16(item)[..], &[0, 0, 0, 0, 0, 1]].concat());
            places.extend([(at as u32).to_be_bytes(), (length as u32).to_be_bytes()].concat());
            at += length;
        }
        places.extend([&be16(whole)[..], &[0, 1, 0, 0, 0, 1, 0, 0, 0, 0]].concat());
        places.extend((descriptor.len() as u32).to_be_bytes());
        iso_box(
            b"meta",
            &[
                &[0; 4],
                &iso_box(b"pitm", &[&[0; 4], &be16(whole)]),
                &iso_box(b"iinf", &[&[0; 4], &be16(whole), &infos]),
                &iso_box(b"iloc", &[&[1, 0, 0, 0, 0x44, 0], &be16(whole), &places]),
                &iso_box(b"iref", &[&[0; 4], &iso_box(b"dimg", &[&be16(whole), &be16(count), &references])]),
                &iso_box(
                    b"iprp",
                    &[
                        &iso_box(b"ipco", &[&properties]),
                        &iso_box(b"ipma", &[&[0; 4], &(whole as u32).to_be_bytes(), &owned]),
                    ],
                ),
                &iso_box(b"idat", &[&descriptor]),
            ],
        )
    };
    let data_at = file_type.len() + meta(0).len() + 8;
    [file_type, meta(data_at), iso_box(b"mdat", &[&data.concat()])].concat()
}

/// The units of a stream, without their start codes.
fn nal_units(stream: &[u8]) -> Vec<Vec<u8>> {
    let mut starts: Vec<usize> = stream
        .windows(3)
        .enumerate()
        .filter(|(_, bytes)| *bytes == [0, 0, 1])
        .map(|(at, _)| at + 3)
        .collect();
    starts.push(stream.len() + 3);
    starts
        .windows(2)
        .map(|pair| {
            let unit = &stream[pair[0]..pair[1] - 3];
            unit[..unit.len() - usize::from(unit.ends_with(&[0]))].to_vec()
        })
        .collect()
}

fn hevc_tile(folder: &Path, colour: &str) -> Vec<u8> {
    let arguments = format!(
        "-f lavfi -i color={colour}:size=64x64 -frames:v 1 -c:v libx265 -x265-params log-level=none -pix_fmt yuv420p -f hevc"
    );
    std::fs::read(make(folder, "tile", &arguments)).unwrap()
}

#[tokio::test]
async fn a_heic_photo_in_tiles_is_put_together_cut_to_its_size_and_turned_upright() {
    let folder = tempfile::tempdir().unwrap();
    let tiles = ["red", "blue", "lime", "white"].map(|colour| hevc_tile(folder.path(), colour));
    let grid = Grid { rows: 2, columns: 2, size: (100, 90), properties: &[] };
    let image = decode(heic(&grid, 64, &tiles)).await.unwrap();
    assert_eq!((image.width, image.height), (100, 90));
    assert!(is_red(image.at(10, 10)) && is_blue(image.at(90, 10)));
    assert!(
        image.at(10, 80)[1] > 220 && image.at(10, 80)[0] < 40 && image.at(90, 80).iter().all(|v| *v > 220)
    );

    // A quarter turn to the left brings the right edge to the top.
    let turned = Grid { properties: &[iso_box(b"irot", &[&[1]])], ..grid };
    let image = decode(heic(&turned, 64, &tiles)).await.unwrap();
    assert_eq!((image.width, image.height), (90, 100));
    assert!(is_blue(image.at(10, 10)) && is_red(image.at(10, 90)));
}

#[tokio::test]
async fn damaged_heic_photos_are_typed_errors_and_never_panic() {
    let folder = tempfile::tempdir().unwrap();
    let tiles = [hevc_tile(folder.path(), "red"), hevc_tile(folder.path(), "blue")];
    let grid = Grid { rows: 1, columns: 2, size: (128, 64), properties: &[] };
    let whole = heic(&grid, 64, &tiles);
    assert!(decode(whole.clone()).await.is_ok());
    let missing = decode(heic(&grid, 64, &tiles[..1])).await;
    assert!(matches!(missing, Err(MediaError::Malformed { .. })), "{missing:?}");
    let vast = decode(heic(&Grid { size: (60_000, 60_000), ..grid }, 64, &tiles)).await;
    assert!(matches!(vast, Err(MediaError::Limit { measured: 60_000.0, .. })), "{vast:?}");
    // Bytes all over the headers changed.
    let mut seed = 1u32;
    for at in (8..whole.len().min(600)).step_by(5) {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let mut bytes = whole.clone();
        bytes[at] ^= (seed >> 24) as u8 | 1;
        let limits = ImageLimits { max_pixels: 100_000, ..ImageLimits::default() };
        let decoded = decode_picture(&ffmpeg(), folder.path(), bytes, limits).await;
        assert!(decoded.as_ref().err().is_none_or(MediaError::is_the_files_fault), "{at}: {decoded:?}");
    }
}
