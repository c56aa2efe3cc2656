//! The school whose weeks are simulated, as the text of its file.

use std::fmt::Write;

use beadle::base::name::CameraId;

use super::dice::Dice;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SiteCamera {
    pub id: CameraId,
    pub title: String,
    /// The last part of its stream's address: another one starts its recording anew.
    pub stream: u32,
    pub disabled: bool,
}

/// What the file says, before it is text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Site {
    pub cameras: Vec<SiteCamera>,
    pub floor: u32,
    pub ceiling: u32,
    pub stop_when_full: bool,
    /// Percent.
    pub keep_free: u32,
    pub folders: Vec<String>,
}

impl Site {
    pub fn roll(dice: &mut Dice) -> Site {
        let names = ["front-gate", "hall", "car-park", "corridor-1"];
        let cameras = names[..2 + dice.below(2)].iter().map(|n| SiteCamera::new(n)).collect();
        let folders = ["/mnt/a", "/mnt/b"][..1 + dice.below(2)].iter().map(|f| f.to_string());
        let (floor, more) = (dice.below(3) as u32, 1 + dice.below(3) as u32);
        Site {
            cameras,
            floor,
            ceiling: floor + more,
            stop_when_full: dice.one_in(3),
            keep_free: 10,
            folders: folders.collect(),
        }
    }

    pub fn text(&self) -> String {
        let mut t = String::from(
            "site \"Example Primary School\" timezone=\"Europe/London\" {\n\
             controller \"Example Primary School\"\n\
             contact \"School office\" phone=\"01632 960000\"\n}\n\
             code-of-practice { purpose \"safety\" \"Safety\"; }\n\
             people { person \"headteacher\" \"Headteacher\"; }\n\
             zones { zone \"entrance\" \"Main entrance\"; }\ncameras {\n",
        );
        for c in &self.cameras {
            let off = if c.disabled { " { disabled because=\"building work\"" } else { " {" };
            let (id, title, stream) = (&c.id, &c.title, c.stream);
            writeln!(t, "camera \"{id}\" \"{title}\" zone=\"entrance\"{off}").unwrap();
            writeln!(t, "stream \"rtsp://192.0.2.1/{id}/{stream}\"\n}}").unwrap();
        }
        let full = if self.stop_when_full { "stop" } else { "oldest" };
        let (floor, ceiling) = (self.floor, self.ceiling);
        writeln!(t, "}}\nretention min-days={floor} max-days={ceiling} when-full=\"{full}\"")
            .unwrap();
        let folders: Vec<String> = self.folders.iter().map(|f| format!("\"{f}\"")).collect();
        let (folders, free) = (folders.join(" "), self.keep_free);
        writeln!(t, "storage {{ footage {folders}; keep-free \"{free}%\"; }}").unwrap();
        t
    }

    pub fn camera(&self, id: &CameraId) -> Option<&SiteCamera> {
        self.cameras.iter().find(|c| c.id == *id)
    }

    /// Cameras whose recording an edit from `self` to `new` may not touch.
    pub fn untouched(&self, new: &Site) -> Vec<CameraId> {
        let same = |c: &&SiteCamera| {
            let n = new.camera(&c.id);
            n.is_some_and(|n| n.stream == c.stream && !n.disabled && !c.disabled)
        };
        self.cameras.iter().filter(same).map(|c| c.id.clone()).collect()
    }

    /// One change that an office makes on one day. `None`: this one does not fit now.
    pub fn edit(&self, dice: &mut Dice) -> Option<(Site, &'static str)> {
        let mut new = self.clone();
        let n = dice.below(new.cameras.len());
        let what = match dice.below(11) {
            0 => {
                new.cameras[n].title.push('I');
                if new.cameras[n].title.len() > 20 {
                    new.cameras[n].title = "Renamed".into();
                }
                "a title"
            }
            1 | 2 => {
                new.floor = dice.below(4) as u32;
                new.ceiling = new.floor.max(1) + dice.below(4) as u32;
                "retention"
            }
            3 => {
                new.cameras[n].stream += 1;
                "another stream"
            }
            4 => {
                new.cameras[n].disabled ^= true;
                "disabled or enabled"
            }
            5 if new.cameras.len() > 1 => {
                new.cameras.remove(n);
                "a camera less"
            }
            6 | 7 => {
                let names = ["front-gate", "hall", "car-park", "corridor-1"];
                let free = |n: &&&str| !self.cameras.iter().any(|c| c.id.as_str() == **n);
                let name = names.iter().find(free)?;
                new.cameras.push(SiteCamera::new(name));
                "a camera more"
            }
            8 => {
                new.stop_when_full ^= true;
                "when-full"
            }
            9 => {
                new.keep_free = dice.pick(&[1, 5, 10, 30]);
                "keep-free"
            }
            10 => {
                new.folders = match new.folders.len() {
                    1 => vec!["/mnt/a".into(), "/mnt/b".into()],
                    _ => vec![new.folders[0].clone()],
                };
                "footage folders"
            }
            _ => return None,
        };
        (new != *self).then_some((new, what))
    }
}

impl SiteCamera {
    fn new(name: &str) -> SiteCamera {
        let id = CameraId::new(name).unwrap();
        SiteCamera { id, title: name.to_string(), stream: 1, disabled: false }
    }
}
