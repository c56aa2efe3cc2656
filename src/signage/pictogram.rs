//! The drawings: a camera on its bracket, and codes that a telephone reads. Both are SVG without
//! text, so that they print sharp at any size.

/// A camera on a wall looking down to the left, drawn for this program. Black on the ground it is
/// put on; 100 by 80.
pub const CAMERA: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 80\">\
    <path fill=\"#000\" d=\"M20.6 11.2 L79.5 27 Q84 28.2 82.8 32.7 L78.2 49.9 Q77 54.4 72.5 53.2 \
    L13.6 37.4 Q9.1 36.2 10.3 31.7 L14.9 14.5 Q16.1 10 20.6 11.2 Z\"/>\
    <path fill=\"#000\" d=\"M6.4 19.3 L11 20.5 L7.6 33.1 L3 31.9 Q0.5 31.2 1.2 28.7 L3 21.6 \
    Q3.8 18.6 6.4 19.3 Z\"/>\
    <path fill=\"#fff\" d=\"M66 31.2 a4 4 0 1 1 -0.1 0 Z\"/>\
    <path fill=\"#000\" d=\"M50 50.5 L59.6 53.1 L57 64 H88 V56 H96 V80 H88 V72 H51 \
    Q45.6 72 46.8 66.8 Z\"/></svg>";

/// Its width to its height.
pub const CAMERA_WIDE: f64 = 100.0 / 80.0;

/// A code as a drawing, with its number of modules a side, the quiet zone counted in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Code {
    pub svg: String,
    pub modules: usize,
}

/// Modules of white on each side: readers ask for four.
const QUIET: usize = 4;

/// A QR code of medium error correction; `None`: the text is longer than a code can be.
pub fn code(text: &str) -> Option<Code> {
    let code =
        qrcode::QrCode::with_error_correction_level(text.as_bytes(), qrcode::EcLevel::M).ok()?;
    let (side, dark) = (code.width(), code.to_colors());
    let all = side + 2 * QUIET;
    let mut path = String::new();
    for y in 0..side {
        let mut x = 0;
        while x < side {
            let run = (x..side).take_while(|&x| dark[y * side + x] == qrcode::Color::Dark).count();
            if run > 0 {
                path += &format!("M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run.max(1);
        }
    }
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {all} {all}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{all}v{all}h-{all}z\"/>\
         <path fill=\"#000\" d=\"{path}\"/></svg>"
    );
    Some(Code { svg, modules: all })
}
