//! Rules of access as tables: a little school, situations in it, and what comes of them.

mod forms;
mod laws;
mod looks;
mod loosening;
mod matrix;
mod rows;
mod standing;
mod versions;
mod world;
