pub mod camera;
pub mod event;
pub mod world;
