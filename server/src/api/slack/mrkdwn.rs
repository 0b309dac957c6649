//! References in Slack's texts: `<https://…|name>`, `<@U1>`, `<#C1|name>`, `<!here>`, and the three entities.

/// The text with its references spelled out.
pub fn plain(text: &str) -> String {
    let mut pieces = text.split('<');
    let mut plain = decoded(pieces.next().unwrap_or_default());
    for piece in pieces {
        match piece.split_once('>').and_then(|(token, after)| Some((reference(token)?, after))) {
            Some((reference, after)) => plain.extend([reference, decoded(after)]),
            // Senders that do not escape their texts mean a plain sign.
            None => plain.extend(["<".to_owned(), decoded(piece)]),
        }
    }
    plain
}

/// The text with its three entities decoded, once.
pub fn decoded(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// `name (url)`, or the address alone where the name says no more.
pub fn link(name: &str, url: &str) -> String {
    let url = url.trim();
    let address = ["mailto:", "tel:"].iter().find_map(|scheme| url.strip_prefix(scheme)).unwrap_or(url);
    let (name, bare) = (name.trim(), address.split_once("://").map_or(address, |(_, bare)| bare));
    if name.is_empty() || name == address || name == bare || name == bare.trim_end_matches('/') {
        return address.to_owned();
    }
    if address.is_empty() { name.to_owned() } else { format!("{name} ({address})") }
}

fn reference(token: &str) -> Option<String> {
    let (target, name) = token.split_once('|').unwrap_or((token, ""));
    let name = decoded(name);
    if let Some(id) = target.strip_prefix('@') {
        return mention('@', id, &name);
    }
    if let Some(id) = target.strip_prefix('#') {
        return mention('#', id, &name);
    }
    if let Some(command) = target.strip_prefix('!') {
        return special(command, &name);
    }
    let is_link = target.contains("://") || target.starts_with("mailto:") || target.starts_with("tel:");
    let link = (is_link && !target.contains(char::is_whitespace)).then(|| link(&name, &decoded(target)));
    link.filter(|link| !link.is_empty())
}

fn mention(sign: char, id: &str, name: &str) -> Option<String> {
    let name = name.trim_start_matches(sign).trim();
    let shown = if name.is_empty() { id } else { name };
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_id.then(|| format!("{sign}{shown}"))
}

/// `<!here>`, `<!subteam^S1|@team>`, `<!date^…|on Monday>`.
fn special(command: &str, name: &str) -> Option<String> {
    match command.split_once('^') {
        None if matches!(command, "here" | "channel" | "everyone" | "group") => Some(format!("@{command}")),
        Some(("subteam", id)) => mention('@', id.split('^').next().unwrap_or_default(), name),
        Some(("date", _)) if !name.trim().is_empty() => Some(name.trim().to_owned()),
        _ => None,
    }
}
