//! Reloads the page when the server has started anew. For `make dev` only.

use crate::name::Asset;

const SCRIPT: &str = r#"let first;
setInterval(async () => {
  const answer = await fetch("/dev/started").catch(() => null);
  if (!answer?.ok) return;
  const now = await answer.text();
  first ??= now;
  if (now !== first) location.reload();
}, 500);
"#;

/// The script that a page includes under `make dev`.
pub fn script() -> Asset {
    Asset::new("reload.js", SCRIPT)
}
