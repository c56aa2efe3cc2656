//! Generated pictures: scenes of rectangles in other light, with noise, shadow and people.

use bytes::Bytes;

use super::judge::{Ill, Light, Looked, STRANGE_BELOW};
use super::sketch::Sketch;
use crate::base::time::Utc;
use crate::wire::pictures::Picture;

const SIZE: (i32, i32) = (160, 90);

/// The next of a row of numbers that look like chance.
fn dice(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

#[derive(Clone, Copy)]
struct Take {
    scene: u64,
    /// The camera looks so many pixels further right and down.
    by: (i32, i32),
    gain: f32,
    lift: f32,
    noise: u64,
    /// A shadow over the left part, in percent of the width.
    shadow: i32,
    people: u64,
    chance: u64,
}

fn take(scene: u64) -> Take {
    let (gain, lift) = (1.0, 0.0);
    Take { scene, by: (0, 0), gain, lift, noise: 6, shadow: 0, people: 0, chance: 99 }
}

/// Sky, ground, and fourteen rectangles: doors, windows, walls, cars.
struct Scene {
    horizon: i32,
    /// Left, top, right, bottom, brightness.
    things: Vec<([i32; 4], f32)>,
}

impl Scene {
    fn new(number: u64) -> Scene {
        let mut seed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        for _ in 0..4 {
            dice(&mut seed);
        }
        let horizon = 25 + (dice(&mut seed) % 25) as i32;
        let thing = |_| {
            let mut next = |most: u64| (dice(&mut seed) % most) as i32;
            let (left, top) = (next(190) - 20, next(80));
            let (right, bottom) = (left + 8 + next(40), top + 8 + next(36));
            ([left, top, right, bottom], 30.0 + next(180) as f32)
        };
        Scene { horizon, things: (0..14).map(thing).collect() }
    }

    fn shade(&self, x: i32, y: i32) -> f32 {
        let inside = |[left, top, right, bottom]: [i32; 4]| {
            (left..right).contains(&x) && (top..bottom).contains(&y)
        };
        match self.things.iter().rfind(|(place, _)| inside(*place)) {
            Some((_, tone)) => *tone,
            None if y < self.horizon => 190.0,
            None => 105.0 + (y - self.horizon) as f32 * 0.4,
        }
    }
}

fn picture(take: Take) -> Sketch {
    let mut chance = take.chance.wrapping_mul(0x2545_f491_4f6c_dd1d) | 1;
    let mut rgb = Vec::new();
    let scene = Scene::new(take.scene);
    let mut crowd = take.chance | 1;
    dice(&mut crowd);
    let folk: Vec<(i32, i32)> = (0..take.people)
        .map(|_| ((dice(&mut crowd) % 150) as i32, 40 + (dice(&mut crowd) % 30) as i32))
        .collect();
    for y in 0..SIZE.1 {
        for x in 0..SIZE.0 {
            let mut shade = scene.shade(x + take.by.0, y + take.by.1);
            if folk.iter().any(|(u, v)| (*u..u + 7).contains(&x) && (*v..v + 20).contains(&y)) {
                shade = 40.0;
            }
            if x < SIZE.0 * take.shadow / 100 {
                shade *= 0.6;
            }
            let noise = (dice(&mut chance) % (take.noise + 1)) as f32 - take.noise as f32 / 2.0;
            let byte = (shade * take.gain + take.lift + noise).clamp(0.0, 255.0) as u8;
            rgb.extend([byte; 3]);
        }
    }
    let (width, height) = (SIZE.0 as u16, SIZE.1 as u16);
    let picture = Picture { at: Utc(0), width, height, rgb: Bytes::from(rgb) };
    Sketch::of(&picture).unwrap()
}

/// A picture a minute for so many minutes, or a few in half an hour and more; what is found at the
/// end.
fn after(
    minutes: i64,
    reference: Option<&Sketch>,
    light: Light,
    mut now: impl FnMut(i64) -> Sketch,
) -> Option<Ill> {
    let mut looked = Looked::default();
    let step = if minutes < 25 { 1 } else { (minutes / 4) as usize };
    for minute in (0..=minutes).step_by(step) {
        looked.see(Utc::from_secs(60 * minute), &now(minute), reference, light);
    }
    looked.ill().map(|(ill, _)| ill)
}

#[test]
fn one_scene_in_another_light_is_no_other_scene() {
    let mut worst: f32 = 1.0;
    for scene in 1..=8 {
        let reference = picture(take(scene));
        for (gain, lift, noise, shadow, people) in [
            (1.0, 0.0, 6, 0, 0),
            (0.45, 0.0, 10, 0, 3),
            (1.25, 10.0, 6, 0, 5),
            (0.8, 60.0, 6, 0, 0),
            (0.9, 0.0, 8, 45, 4),
            (0.7, 20.0, 20, 30, 8),
        ] {
            let other =
                picture(Take { gain, lift, noise, shadow, people, chance: 7, ..take(scene) });
            worst = worst.min(reference.likeness(&other, (0, 0)));
            let found = after(40, Some(&reference), Light::Day, |n| {
                let chance = 100 + n as u64;
                picture(Take { gain, lift, noise, shadow, people, chance, ..take(scene) })
            });
            assert_eq!(found, None, "scene {scene}, {gain} {lift} {noise} {shadow} {people}");
        }
    }
    println!("the same scene in another light: likeness {worst:.2} and more");
    assert!(worst > STRANGE_BELOW, "{worst}");
}

#[test]
fn another_scene_and_a_turned_camera_are_found_after_half_an_hour() {
    let mut best: f32 = 0.0;
    for scene in 1..=8 {
        let reference = picture(take(scene));
        let other = |n: i64| picture(Take { chance: n as u64 + 1, ..take(scene + 100) });
        best = best.max(reference.likeness(&other(0), (0, 0)));
        assert_eq!(after(40, Some(&reference), Light::Day, other), Some(Ill::Moved), "{scene}");
        assert_eq!(after(28, Some(&reference), Light::Day, other), None, "{scene}: not yet");
        // A sixth of the picture further, in dimmer light.
        let turned = |n: i64| {
            let chance = n as u64 + 1;
            picture(Take { by: (26, 6), gain: 0.8, chance, people: 2, ..take(scene) })
        };
        assert_eq!(after(40, Some(&reference), Light::Day, turned), Some(Ill::Moved), "{scene}");
    }
    println!("another scene: likeness {best:.2} and less");
}

#[test]
fn night_is_no_fault() {
    let reference = picture(take(3));
    let dark = |n: i64| picture(Take { gain: 0.02, noise: 6, chance: n as u64 + 1, ..take(3) });
    // By infra-red: what is far is black, what is near glows; nothing is like the day.
    let red = |n: i64| picture(Take { gain: 0.5, noise: 24, chance: n as u64 + 1, ..take(77) });
    for (what, night) in [("dark", &dark as &dyn Fn(i64) -> Sketch), ("infra-red", &red)] {
        assert_eq!(after(600, Some(&reference), Light::Unknown, night), None, "{what}");
    }
    assert_eq!(after(3, Some(&reference), Light::Day, dark), Some(Ill::Black));
    // What the day showed stands through the night, and goes with the first good picture of a day.
    let mut looked = Looked::default();
    let mut see = |minute: i64, sketch: &Sketch, light| {
        looked.see(Utc::from_secs(60 * minute), sketch, Some(&reference), light);
        looked.ill()
    };
    for minute in 0..5 {
        see(minute, &dark(minute), Light::Day);
    }
    for minute in (5..900).step_by(60) {
        let found = see(minute, &dark(minute), Light::Unknown);
        assert_eq!(found, Some((Ill::Black, Utc::from_secs(0))), "minute {minute}");
    }
    assert_eq!(see(900, &picture(take(3)), Light::Day), None);
}

#[test]
fn black_covered_and_frozen_are_told_apart() {
    let reference = picture(take(5));
    let flat = |tone: f32, noise: u64| {
        move |n: i64| {
            picture(Take { gain: 0.0, lift: tone, noise, chance: n as u64 + 1, ..take(5) })
        }
    };
    let live = |n: i64| picture(Take { chance: n as u64 + 1, ..take(5) });
    let still = |_: i64| picture(take(5));
    let day = Light::Day;
    type Row<'a> = (&'a str, i64, &'a dyn Fn(i64) -> Sketch, Option<Ill>);
    let table: &[Row<'_>] = &[
        ("dead black", 3, &flat(0.0, 0), Some(Ill::Black)),
        ("a lens cap", 3, &flat(8.0, 6), Some(Ill::Black)),
        ("black for a moment", 1, &flat(0.0, 0), None),
        ("a bag", 11, &flat(90.0, 8), Some(Ill::Covered)),
        ("a bag, not yet", 9, &flat(90.0, 8), None),
        ("paint", 11, &flat(200.0, 0), Some(Ill::Covered)),
        ("frozen", 11, &still, Some(Ill::Frozen)),
        ("frozen, not yet", 9, &still, None),
        ("live", 60, &live, None),
    ];
    for (what, minutes, now, wanted) in table {
        assert_eq!(after(*minutes, Some(&reference), day, now), *wanted, "{what}");
    }
    // Stillness needs no light and no reference; a bag needs something to compare with.
    assert_eq!(after(11, None, Light::Unknown, still), Some(Ill::Frozen));
    assert_eq!(after(11, None, day, flat(90.0, 8)), None);
    assert_eq!(after(11, None, day, flat(0.0, 0)), Some(Ill::Black));
    // A reference that is bare or dark was found good by a person as it is.
    let bare = flat(90.0, 8)(1);
    assert_eq!(after(60, Some(&bare), day, flat(90.0, 8)), None);
    let dim = flat(10.0, 6)(1);
    assert_eq!(after(60, Some(&dim), day, flat(8.0, 6)), None);
}

#[test]
fn a_picture_seen_twice_counts_once() {
    let mut looked = Looked::default();
    for _ in 0..100 {
        looked.see(Utc::from_secs(0), &picture(take(1)), None, Light::Day);
    }
    assert_eq!((looked.ill(), looked.newest()), (None, Some(Utc::from_secs(0))));
    let small = Picture { at: Utc(0), width: 16, height: 9, rgb: Bytes::from(vec![0; 432]) };
    assert_eq!(Sketch::of(&small), None, "too small to be cut into cells");
}

/// A picture that stands still and is compressed anew is nearly the same each time.
#[test]
fn under_the_sky_nothing_stays_the_same_for_two_hours() {
    let coded = |n: i64| picture(Take { noise: 3, chance: n as u64 % 4 + 1, ..take(6) });
    let clouds = |n: i64| {
        let gain = 1.0 + 0.02 * (n as f32 / 9.0).sin();
        picture(Take { gain, chance: n as u64 + 1, ..take(6) })
    };
    for (what, minutes, light, now, wanted) in [
        ("frozen", 130, Light::Sky, &coded as &dyn Fn(i64) -> Sketch, Some(Ill::Frozen)),
        ("not yet", 110, Light::Sky, &coded, None),
        ("indoors nobody knows", 130, Light::Day, &coded, None),
        ("at night neither", 600, Light::Unknown, &coded, None),
        ("clouds", 240, Light::Sky, &clouds, None),
    ] {
        assert_eq!(after(minutes, None, light, now), wanted, "{what}");
    }
}
