use crate::form::Content;
use crate::ssr::layout::{Framed, current};
use leptos::prelude::*;

/// The frame of a page of administration: the navigation among them, and what has just been done.
#[component]
pub fn Frame(
    /// The page's name in the browser's tab.
    #[prop(into)]
    title: String,
    #[prop(into)] path: String,
    /// What has just been done.
    done: Option<String>,
    children: Content,
) -> impl IntoView {
    let here = path.clone();
    let link = move |href: &'static str, text: &'static str| {
        view! { <li><a class="tabs__link" href=href aria-current=current(&here, href)>{text}</a></li> }
    };
    view! {
        <Framed title=format!("{title} · Administration") path heading="Administration" part="/settings">
            <nav class="tabs" aria-label="Administration">
                <ul class="tabs__list">
                    {link("/administration/people", "People")}
                    {link("/administration/rooms", "Rooms")}
                    {link("/administration/registration", "Registration")}
                    {link("/administration/server", "Server")}
                    {link("/administration/log", "Audit log")}
                    {link("/administration/statistics", "Statistics")}
                </ul>
            </nav>
            <p class="note" role="status">{done}</p>
            {children.written()}
        </Framed>
    }
}

/// Leads from one page of a list to its first and to its next.
#[component]
pub fn Pager(
    /// Where the list begins, on any other page of it.
    first: Option<String>,
    /// Where it goes on.
    next: Option<String>,
) -> impl IntoView {
    let is_needed = first.is_some() || next.is_some();
    let link = |href: Option<String>, text: &'static str| {
        href.map(|href| view! { <a class="button button--quiet" href=href>{text}</a> })
    };
    is_needed.then(|| {
        view! {
            <nav class="page__bar" aria-label="Pages">
                {link(first, "Back to the first")}
                {link(next, "Go on")}
            </nav>
        }
    })
}

/// A path with a query, without the parameters that are empty.
pub fn address(path: &str, query: &[(&str, &str)]) -> String {
    let given = query.iter().filter(|(_, value)| !value.is_empty());
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn an_address_holds_only_what_is_asked_for() {
        assert_eq!(address("/a", &[("q", ""), ("filter", "")]), "/a");
        assert_eq!(address("/a", &[("q", "a b&c"), ("filter", "bots")]), "/a?q=a+b%26c&filter=bots");
    }
}
