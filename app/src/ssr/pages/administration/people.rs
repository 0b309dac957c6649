use super::frame::{Frame, Pager, address};
use crate::avatar::{Avatar, AvatarSize};
use crate::form::written;
use crate::ssr::{
    administrator,
    context::query,
    env,
    layout::Search,
    load,
    moment::{Ago, Day},
    page::page,
};
use crate::workspace::Zone;
use domain::administration::people;
use domain::ports::{PeopleFilter, PeopleSearch, PersonRecord};
use leptos::prelude::*;
use protocol::Username;

const PATH: &str = "/administration/people";

/// Whom the page can be narrowed to, as its address says it and as it reads.
const FILTERS: [(PeopleFilter, &str, &str); 4] = [
    (PeopleFilter::All, "", "Everybody"),
    (PeopleFilter::Disabled, "disabled", "Disabled"),
    (PeopleFilter::Administrators, "administrators", "Administrators"),
    (PeopleFilter::Bots, "bots", "Bots"),
];

/// `/administration/people`: every account.
#[component]
pub fn People() -> impl IntoView {
    page(async {
        let by = administrator().await?;
        let (words, after) = (query("q"), query("after"));
        let (filter, name, _) = chosen(&query("filter"));
        let search = PeopleSearch { words: words.clone(), filter, after: Username::try_from(after).ok() };
        let found = people::list(&env(), &by, &search).await?;
        let next = found
            .goes_on_after()
            .map(|last| address(PATH, &[("q", &words), ("filter", name), ("after", &last.person.username)]));
        let found = found.entries;
        let first = search.after.map(|_| address(PATH, &[("q", &words), ("filter", name)]));
        Ok(view! {
            <Frame title="People" path=PATH done=None>
                <section class="section" aria-label="People">
                    <Search action=PATH words=words.clone() hidden=vec![("filter", name.to_owned())]/>
                    <Filters words=words.clone() chosen=name/>
                    {found.is_empty().then(|| view! { <Nobody words filter/> })}
                    {(!found.is_empty()).then(|| view! { <List found/> })}
                </section>
                <Pager first next/>
            </Frame>
        })
    })
}

fn chosen(name: &str) -> (PeopleFilter, &'static str, &'static str) {
    FILTERS.into_iter().find(|(_, known, _)| *known == name).unwrap_or(FILTERS[0])
}

#[component]
fn Filters(words: String, chosen: &'static str) -> impl IntoView {
    let links = FILTERS.map(|(_, name, text)| {
        let href = address(PATH, &[("q", &words), ("filter", name)]);
        let mark = (name == chosen).then_some("true");
        view! { <li><a class="site-nav__link" href=href aria-current=mark>{text}</a></li> }
    });
    view! { <nav aria-label="Filter"><ul class="site-nav__list">{links.into_iter().collect_view()}</ul></nav> }
}

#[component]
fn List(found: Vec<PersonRecord>) -> impl IntoView {
    let zone = load::zone();
    let rows = found.into_iter().map(|record| view! { <Row record zone=zone.clone()/> }).collect_view();
    view! { <ul class="entries">{rows}</ul> }
}

#[component]
fn Row(record: PersonRecord, zone: Zone) -> impl IntoView {
    let PersonRecord { person, email, seen, created, .. } = record.clone();
    let href = format!("{PATH}/{}", person.id);
    let seen = match seen {
        Some(at) => written(view! { "Last seen "<Ago at zone=zone.clone()/> }),
        None => written(unused(&record).unwrap_or("Not logged in")),
    };
    view! {
        <li class="entry">
            <Avatar name=person.name.clone() id=person.id.get() size=AvatarSize::Medium/>
            <div class="entry__what">
                <span class="entry__name"><bdi>{person.name.clone()}</bdi><Marks record/></span>
                <span class="entry__about">"@"{person.username}{(!email.is_empty()).then(|| format!(" · {email}"))}</span>
                <span class="entry__about">{seen}" · here since "<Day at=created zone/></span>
            </div>
            <a class="button button--quiet" href=href aria-label=format!("Manage {}", person.name)>"Manage"</a>
        </li>
    }
}

/// What a bot reads that has not been seen, as its tokens do; those of one that is shut have ended.
pub fn unused(record: &PersonRecord) -> Option<&'static str> {
    record.bot_of.map(|_| if record.disabled.is_some() { "Not in use" } else { "Not used yet" })
}

/// What an account is beside one of many.
#[component]
pub fn Marks(record: PersonRecord) -> impl IntoView {
    let marks =
        [(record.is_admin, "Administrator"), (record.bot_of.is_some(), "Bot"), (record.disabled.is_some(), "Disabled")];
    let marks = marks.into_iter().filter(|(is_so, _)| *is_so);
    marks.map(|(_, text)| view! { " "<span class="entry__mark">{text}</span> }).collect_view()
}

#[component]
fn Nobody(words: String, filter: PeopleFilter) -> impl IntoView {
    let text = match among(filter) {
        _ if words.is_empty() => "There is no such account.".to_owned(),
        None => format!("No name or e-mail address here contains “{words}”. Try fewer letters."),
        Some(among) => format!("No name or e-mail address among {among} contains “{words}”."),
    };
    let (href, label) = if words.is_empty() || filter == PeopleFilter::All {
        (PATH.to_owned(), "See everybody")
    } else {
        (address(PATH, &[("q", &words)]), "Search among all")
    };
    view! {
        <div class="empty">
            <h2 class="empty__title">"Nobody found"</h2>
            <p class="empty__text">{text}</p>
            <a class="button button--quiet" href=href>{label}</a>
        </div>
    }
}

/// Among whom a filter searches, unless that is everybody.
fn among(filter: PeopleFilter) -> Option<&'static str> {
    match filter {
        PeopleFilter::All => None,
        PeopleFilter::Open => Some("the people who can log in"),
        PeopleFilter::Disabled => Some("the disabled"),
        PeopleFilter::Administrators => Some("the administrators"),
        PeopleFilter::Bots => Some("the bots"),
    }
}
