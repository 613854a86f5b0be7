//! Shapes of tensors and of the windows that slide over them.

use super::{MAX_ELEMENTS, ModelError};

/// The number of elements of a shape whose sides are all at least 1.
pub(super) fn element_count(shape: &[usize]) -> Result<usize, ModelError> {
    shape
        .iter()
        .try_fold(1usize, |count, &side| if side == 0 { None } else { count.checked_mul(side) })
        .filter(|&count| count <= MAX_ELEMENTS)
        .ok_or(ModelError::TooLarge { what: "elements in a tensor", limit: MAX_ELEMENTS as u64 })
}

/// Shape of one picture: rows of pixels of channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ImageShape {
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) channels: usize,
}

impl ImageShape {
    /// Reads `[1, height, width, channels]`.
    pub(super) fn of(shape: &[usize]) -> Result<Self, ModelError> {
        match *shape {
            [1, height, width, channels] => Ok(Self { height, width, channels }),
            _ => Err(ModelError::Malformed("a tensor is not a picture")),
        }
    }

    pub(super) fn elements(&self) -> usize {
        self.height * self.width * self.channels
    }

    /// Fails unless the file declares the output as this operator makes it.
    pub(super) fn check(&self, declared: &[usize]) -> Result<(), ModelError> {
        check_shape(&[1, self.height, self.width, self.channels], declared)
    }
}

/// Fails unless the file declares the output as the operator makes it.
pub(super) fn check_shape(made: &[usize], declared: &[usize]) -> Result<(), ModelError> {
    if made == declared {
        Ok(())
    } else {
        Err(ModelError::Malformed("an operator's output has another shape than declared"))
    }
}

/// What happens at the borders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Padding {
    /// The window starts at every stride-th pixel; what lies outside counts as zero.
    Same,
    /// The window stays inside.
    Valid,
}

impl Padding {
    /// Reads the number of the schema.
    pub(super) fn of(number: i8) -> Result<Self, ModelError> {
        match number {
            0 => Ok(Self::Same),
            1 => Ok(Self::Valid),
            _ => Err(ModelError::Malformed("unknown padding")),
        }
    }
}

/// A window along one axis: its length, its step, and how far it starts before the first pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Axis {
    pub(super) length: usize,
    pub(super) stride: usize,
    pub(super) before: usize,
    /// Pixels along the input.
    input: usize,
    /// Positions of the window.
    pub(super) positions: usize,
}

impl Axis {
    pub(super) fn new(
        input: usize,
        length: usize,
        stride: i32,
        padding: Padding,
    ) -> Result<Self, ModelError> {
        let stride = usize::try_from(stride).ok().filter(|&stride| stride > 0);
        let stride = stride.ok_or(ModelError::Malformed("a window does not move"))?;
        if length == 0 || input == 0 {
            return Err(ModelError::Malformed("a window is empty"));
        }
        let (positions, before) = match padding {
            Padding::Same => {
                let positions = input.div_ceil(stride);
                let covered = (positions - 1)
                    .checked_mul(stride)
                    .and_then(|last| last.checked_add(length))
                    .ok_or(ModelError::Malformed("a window is too long"))?;
                (positions, covered.saturating_sub(input) / 2)
            }
            Padding::Valid if length <= input => ((input - length) / stride + 1, 0),
            Padding::Valid => return Err(ModelError::Malformed("a window is larger than its picture")),
        };
        Ok(Self { length, stride, before, input, positions })
    }

    /// The part of the window that lies inside the input at a position, as indexes into the window.
    pub(super) fn inside(&self, position: usize) -> std::ops::Range<usize> {
        let start = position * self.stride;
        let first = self.before.saturating_sub(start);
        first..(self.input + self.before - start).min(self.length).max(first)
    }

    /// The input pixel under an index of [`Axis::inside`].
    pub(super) fn pixel(&self, position: usize, index: usize) -> usize {
        position * self.stride + index - self.before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_padding_puts_the_odd_pixel_behind() {
        let axis = Axis::new(4, 3, 2, Padding::Same).unwrap();
        assert_eq!((axis.positions, axis.before), (2, 0));
        assert_eq!(axis.inside(0), 0..3);
        assert_eq!(axis.inside(1), 0..2);
        assert_eq!(axis.pixel(1, 1), 3);
        let axis = Axis::new(5, 3, 1, Padding::Same).unwrap();
        assert_eq!((axis.positions, axis.before), (5, 1));
        assert_eq!(axis.inside(0), 1..3);
        assert_eq!(axis.inside(4), 0..2);
    }

    #[test]
    fn valid_padding_stays_inside() {
        let axis = Axis::new(5, 3, 2, Padding::Valid).unwrap();
        assert_eq!((axis.positions, axis.inside(1), axis.pixel(1, 2)), (2, 0..3, 4));
        assert!(Axis::new(2, 3, 1, Padding::Valid).is_err());
    }

    #[test]
    fn windows_that_do_not_move_are_refused() {
        assert!(Axis::new(4, 1, 0, Padding::Same).is_err());
        assert!(Axis::new(4, 1, -1, Padding::Valid).is_err());
        assert!(Axis::new(usize::MAX, usize::MAX, 1, Padding::Same).is_err());
    }
}
