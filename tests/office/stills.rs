//! A still over the socket: its entry has a keeper and an end before there is a picture (S4.87).

use beadle::base::name::CameraId;
use beadle::logbook::Kind;
use beadle::wire::Request;

use crate::desk::*;

#[test]
fn a_still_has_a_keeper_and_an_end_whoever_forgets_to_say_so() {
    let mut desk = Desk::open(&file(NO_CAMERA).replace("may \"hold\"", "may \"hold\" \"still\""));
    let (head, admin) = desk.of_two();
    let status = desk.status();
    let camera: CameraId = status.cameras.first().map(|c| c.id.clone()).expect("a camera");
    let today =
        beadle::base::time::Zone::named(&status.timezone).unwrap().day_of(crate::live::now());
    let still = |keeper: Option<&str>, until: Option<i64>| Request::Still {
        camera: camera.clone(),
        at: None,
        purpose: Some("safety".into()),
        reason: Some("a bicycle is gone".into()),
        jpeg: false,
        keeper: keeper.map(String::from),
        destroy_by: until.map(|days| today.plus(days)),
    };
    for (keeper, until, want) in [
        (None, None, Ok((HEAD.id, 30))),
        (Some(IT.id), Some(7), Ok((IT.id, 7))),
        (Some("nobody"), None, Err("among the choices")),
        (None, Some(-7), Err("destroyed or looked at again")),
    ] {
        let before = desk.entries(&admin, Kind::Still).len();
        // The camera never recorded: what counts is whether the entry was made.
        let said = refusal(desk.ask(Some(&head), &still(keeper, until)));
        let made = desk.entries(&admin, Kind::Still).split_off(before);
        match want {
            Ok((keeper, days)) => {
                let fields = &made.last().expect(&said).body.as_ref().unwrap().fields;
                assert_eq!(fields["keeper"].text(), Some(keeper));
                assert_eq!(fields["destroy-by"].text(), Some(&*today.plus(days).to_string()));
            }
            Err(why) => assert!(made.is_empty() && said.contains(why), "{said}"),
        }
    }
    desk.is_sound();
}
