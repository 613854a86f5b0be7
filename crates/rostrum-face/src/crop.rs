//! Squares cut from pictures for the models.
