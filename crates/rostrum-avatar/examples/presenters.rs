//! Contact sheets of the cast, to be looked at: `presenters FOLDER [PRESENTER[:LOOK]…]` writes `cast.png` with every look at rest,
//! and for each named presenter a sheet of all visemes, of a blink, of glances and turns, and of the gestures.

use std::path::Path;

use rostrum_avatar::presenter::{Backdrop, Framing, Presenter, PresenterScratch, cast};
use rostrum_avatar::viseme::Viseme;
use rostrum_avatar::{Gesture, HandPose, Pose};
use rostrum_model::picture::{RgbImage, Size};

/// A sheet of pictures of one size.
struct Sheet {
    columns: usize,
    tiles: Vec<RgbImage>,
}

impl Sheet {
    fn save(&self, path: &Path) {
        let (w, h) = (self.tiles[0].width, self.tiles[0].height);
        let columns = self.columns.min(self.tiles.len());
        let rows = self.tiles.len().div_ceil(columns);
        let mut sheet = image::RgbImage::new((w * columns) as u32, (h * rows) as u32);
        for (i, tile) in self.tiles.iter().enumerate() {
            let tile =
                image::RgbImage::from_raw(w as u32, h as u32, tile.pixels.clone()).expect("sizes agree");
            image::imageops::replace(&mut sheet, &tile, (i % columns * w) as i64, (i / columns * h) as i64);
        }
        sheet.save(path).expect("the sheet can be written");
    }
}

fn draw(presenter: &Presenter, pose: &Pose) -> RgbImage {
    let Size { width, height } = presenter.size();
    let mut out = RgbImage::filled(width, height, [0; 3]);
    presenter.render(pose, &mut PresenterScratch::default(), &mut out);
    out
}

fn resting() -> Pose {
    Pose { smile: 0.5, mouth: Viseme::Rest.shape(), ..Pose::default() }
}

/// Every viseme, lids, glances, turns and gestures of one look.
fn poses() -> Vec<Pose> {
    let hand = |gesture, raise, beat| HandPose { gesture, raise, beat };
    let mut poses: Vec<Pose> =
        Viseme::ALL.iter().map(|viseme| Pose { mouth: viseme.shape(), ..resting() }).collect();
    poses.push(Pose { blink: 0.5, ..resting() });
    poses.push(Pose { blink: 1.0, ..resting() });
    poses.push(Pose { brows: 1.0, smile: 1.0, ..resting() });
    poses.push(Pose { yaw: 0.06, roll: 0.02, gaze: [0.8, 0.0], ..resting() });
    poses.push(Pose { yaw: -0.06, roll: -0.02, pitch: 0.05, gaze: [-0.8, 0.2], ..resting() });
    let both = |gesture| [hand(gesture, 1.0, 0.0), hand(gesture, 1.0, 0.5)];
    let right = |gesture| [HandPose::default(), hand(gesture, 1.0, 0.4)];
    for hands in [
        both(Gesture::Palm),
        right(Gesture::Palm),
        right(Gesture::Point),
        right(Gesture::Count(2)),
        right(Gesture::Count(3)),
        both(Gesture::Clasp),
        right(Gesture::Wave),
        [hand(Gesture::Palm, 0.6, 0.0), HandPose::default()],
    ] {
        poses.push(Pose { hands, mouth: Viseme::E.shape(), ..resting() });
    }
    poses
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, names) = arguments.split_first().expect("a folder for the sheets");
    let folder = Path::new(folder);
    let prepare = |member: &cast::CastMember, look: &cast::CastLook, size| {
        Presenter::new(member.appearance(look), &Framing::new(size), Backdrop::Setting(look.setting))
    };
    let small = Size { width: 400, height: 400 };
    let looks = cast::all().iter().flat_map(|member| member.looks.iter().map(move |look| (member, look)));
    let tiles = looks.map(|(member, look)| draw(&prepare(member, look, small), &resting())).collect();
    Sheet { columns: 6, tiles }.save(&folder.join("cast.png"));
    for name in names {
        let (name, look) = name.split_once(':').unwrap_or((name, "0"));
        let member = cast::member(name).expect("a presenter of the cast");
        let look = &member.looks[look.parse::<usize>().expect("the number of a look")];
        let presenter = prepare(member, look, Size { width: 420, height: 420 });
        let tiles = poses().iter().map(|pose| draw(&presenter, pose)).collect();
        Sheet { columns: 6, tiles }.save(&folder.join(format!("{name}.png")));
        let large = prepare(member, look, Size { width: 1080, height: 1080 });
        Sheet { columns: 1, tiles: vec![draw(&large, &resting())] }
            .save(&folder.join(format!("{name}-large.png")));
    }
}
