//! What a browser needs to keep the site like a program (W3C Web Application Manifest).

use anyhow::{Context, Result};

use crate::name::Asset;

/// It names the icons, whose names carry hashes: it is written once those are known.
pub fn of(files: &[Asset]) -> Result<Asset> {
    let find = |stem: &str| {
        let found = files.iter().find(|file| file.name.starts_with(stem));
        found.map(|file| format!("/assets/{}", file.name)).with_context(|| format!("there is no {stem} in style/"))
    };
    let (icon, pixels) = (find("favicon-")?, find("touch-icon-")?);
    let manifest = format!(
        r##"{{
  "name": "Natter",
  "id": "/",
  "start_url": "/rooms",
  "display": "standalone",
  "background_color": "#fcfaf7",
  "theme_color": "#f6f3ef",
  "icons": [
    {{ "src": "{icon}", "sizes": "any", "type": "image/svg+xml" }},
    {{ "src": "{pixels}", "sizes": "512x512", "type": "image/png" }}
  ]
}}
"##
    );
    Ok(Asset::new("manifest.webmanifest", manifest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_names_the_icons_as_they_are_served() {
        let files = [Asset::new("favicon.svg", "<svg/>"), Asset::new("touch-icon.png", "PNG")];
        let manifest = of(&files).expect("both icons are there");
        let text = String::from_utf8(manifest.bytes).expect("it is text");
        assert!(files.iter().all(|file| text.contains(&format!("\"/assets/{}\"", file.name))), "{text}");
        assert!(of(&files[..1]).is_err(), "an icon is missing");
    }
}
