//! Where captions may stand.

use rostrum_model::picture::{Rect, Size};

use super::style::Anchor;

/// Pictures taller than this many widths are shown by apps that lay their buttons over them.
const TALL: f64 = 1.5;

/// The part of a canvas that captions keep to: 5 % from each side. Of tall canvases (9:16) the lowest 20 % and the right 12 %,
/// where `TikTok`, Reels and Shorts lay their buttons, and the upper 8 % are left free.
pub fn safe_area(canvas: Size) -> Rect {
    let (width, height) = (canvas.width as f64, canvas.height as f64);
    let tall = height > TALL * width;
    let (right, above, below) = if tall { (0.12, 0.08, 0.20) } else { (0.05, 0.05, 0.05) };
    let (x, y) = ((width * 0.05).ceil() as usize, (height * above).ceil() as usize);
    Rect {
        x,
        y,
        width: ((width * (1.0 - right)).floor() as usize).saturating_sub(x),
        height: ((height * (1.0 - below)).floor() as usize).saturating_sub(y),
    }
}

/// The part of the safe area in which captions of a column stand. Those in the middle column stand in the middle of the canvas.
pub(super) fn column_area(canvas: Size, anchor: Anchor) -> Rect {
    let safe = safe_area(canvas);
    if anchor.column() != 1 {
        return safe;
    }
    let margin = safe.x.max(canvas.width.saturating_sub(safe.x + safe.width));
    Rect { x: margin, width: canvas.width.saturating_sub(2 * margin), ..safe }
}

/// The upper left corner for a box of a size within an area.
pub(super) fn corner(area: Rect, width: f32, height: f32, anchor: Anchor) -> (f32, f32) {
    let share = |step: u8| f32::from(step) / 2.0;
    (
        area.x as f32 + (area.width as f32 - width) * share(anchor.column()),
        area.y as f32 + (area.height as f32 - height) * (1.0 - share(anchor.row())),
    )
}

/// Moves a stretch of pixels the least, so that it lies within another where it is not longer than that.
pub(super) fn moved_within(start: i32, length: usize, area_start: usize, area_length: usize) -> i32 {
    let last = area_start as i32 + area_length as i32 - length as i32;
    start.min(last).max(area_start as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tall_canvases_leave_room_for_buttons() {
        let area = |width, height| safe_area(Size { width, height });
        assert_eq!(area(1920, 1080), Rect { x: 96, y: 54, width: 1728, height: 972 });
        assert_eq!(area(1080, 1080), Rect { x: 54, y: 54, width: 972, height: 972 });
        assert_eq!(area(1080, 1350).height, 1214, "4:5 is shown without buttons");
        assert_eq!(area(1080, 1920), Rect { x: 54, y: 154, width: 896, height: 1382 });
    }

    #[test]
    fn keys_of_the_number_pad_are_places() {
        let area = Rect { x: 100, y: 50, width: 800, height: 400 };
        let at = |key| corner(area, 200.0, 100.0, Anchor::numpad(key).expect("a key"));
        assert_eq!(at(1), (100.0, 350.0));
        assert_eq!(at(5), (400.0, 200.0));
        assert_eq!(at(9), (700.0, 50.0));
        assert_eq!(Anchor::numpad(0), None);
        assert_eq!(Anchor::numpad(10), None);
    }

    #[test]
    fn what_sticks_out_is_moved_the_least() {
        assert_eq!(moved_within(-5, 20, 0, 100), 0);
        assert_eq!(moved_within(95, 20, 0, 100), 80);
        assert_eq!(moved_within(30, 20, 0, 100), 30);
        assert_eq!(moved_within(30, 200, 10, 100), 10);
    }
}
