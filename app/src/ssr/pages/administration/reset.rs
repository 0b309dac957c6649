use super::registration::PATH;
use crate::form::PostButton;
use crate::ssr::load;
use crate::workspace::Zone;
use domain::ports::ResetRecord;
use leptos::prelude::*;

/// The links for a new password that serve, each with a button to revoke it.
#[component]
pub fn ResetList(links: Vec<ResetRecord>) -> impl IntoView {
    let (is_empty, zone) = (links.is_empty(), load::zone());
    let rows = links.into_iter().map(|record| view! { <Row record zone=zone.clone()/> }).collect_view();
    view! {
        <section class="section">
            <h2 class="card__title">"Open password links"</h2>
            <p class="page__lead">"Anyone who has one of these links can set a new password with it, once. Create one on the person’s page."</p>
            {(!is_empty).then(|| view! { <ul class="entries">{rows}</ul> })}
            {is_empty.then(|| view! { <p class="entries entries--none">"No open password link."</p> })}
        </section>
    }
}

#[component]
fn Row(record: ResetRecord, zone: Zone) -> impl IntoView {
    let ResetRecord { person, made_by, created, expires } = record;
    let by = made_by.map_or_else(|| "from the command line".to_owned(), |maker| format!("by @{}", maker.username));
    let about = format!("made {by} at {} · expires at {}", zone.full(created), zone.full(expires));
    view! {
        <li class="entry">
            <div class="entry__what">
                <span class="entry__name"><bdi>{person.name}</bdi>{format!(" @{}", person.username)}</span>
                <span class="entry__about">{about}</span>
            </div>
            <PostButton
                form="revoke_reset"
                page=PATH
                hidden=vec![("user", person.id.to_string())]
                label="Revoke"
                name=format!("Revoke the link of @{}", person.username)
                class="button button--quiet"
            />
        </li>
    }
}
