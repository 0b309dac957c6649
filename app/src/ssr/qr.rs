use leptos::prelude::*;
use qrcode::{Color, QrCode};

/// As many light modules stand around a code (ISO/IEC 18004, 9.1).
const QUIET: usize = 4;

/// A text for a camera to read. Its colours are fixed: cameras want dark on light, whatever the theme.
#[component]
pub fn Qr(text: String, name: &'static str) -> impl IntoView {
    let code = QrCode::new(text).ok()?;
    let (size, path) = (code.width() + 2 * QUIET, path(&code));
    Some(view! {
        <svg class="qr" viewBox=format!("0 0 {size} {size}") role="img" aria-label=name shape-rendering="crispEdges">
            <rect width=size height=size fill="#fff"></rect>
            <path d=path fill="#000"></path>
        </svg>
    })
}

/// The dark modules, each run of them in a row as one rectangle.
fn path(code: &QrCode) -> String {
    let width = code.width();
    let mut path = String::new();
    for y in 0..width {
        let mut x = 0;
        while x < width {
            let run = (x..width).take_while(|x| code[(*x, y)] == Color::Dark).count();
            if run > 0 {
                path += &format!("M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run + 1;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_begins_with_its_corner_behind_the_quiet_zone() {
        let code = QrCode::new("https://chat.example.org/register?invitation=x").unwrap();
        let path = path(&code);
        assert!(path.starts_with("M4 4h7v1h-7z"), "{path}");
        let modules = code.to_colors().into_iter().filter(|color| *color == Color::Dark).count();
        let runs =
            path.split('h').skip(1).step_by(2).map(|run| run.split('v').next().unwrap().parse::<usize>().unwrap());
        assert_eq!(runs.sum::<usize>(), modules);
    }
}
