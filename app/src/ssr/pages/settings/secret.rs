use crate::form::{Made, Trial};
use crate::ssr::{context::site, invite::Copied};
use leptos::prelude::*;
use protocol::RoomId;

/// What a form on this page has just made, with the secret that is told once.
#[component]
pub fn Secret(
    /// Where one goes when it is copied.
    #[prop(into)]
    done: String,
) -> impl IntoView {
    let told = use_context::<Made>().filter(|made| !matches!(made.trial, Trial::Link(_)));
    told.map(|made| {
        let is_hook = made.trial == Trial::Hook;
        let (label, value) = if is_hook {
            ("Address", format!("{}/api/hooks/{}", site(), made.secret))
        } else {
            ("Token", made.secret.clone())
        };
        let line = line(&made, &value);
        view! {
            <section class="card card--new" aria-labelledby="made">
                <h2 class="card__title" id="made">"“"{made.name}"” is ready"</h2>
                <p id="made-once">"Copy it now and keep it like a password: it is not shown again."</p>
                <Copied id="secret" label value autofocus=true described_by="made-once"/>
                <div class="field">
                    <p class="field__label">"Try it"</p>
                    <pre class="code" tabindex="0"><code>{line}</code></pre>
                </div>
                <p><a class="button button--quiet" href=done>"I have copied it"</a></p>
            </section>
        }
    })
}

/// A line for the shell that uses it.
fn line(made: &Made, value: &str) -> String {
    let messages = |room: Option<RoomId>| {
        let room = room.map_or_else(|| "ROOM".to_owned(), |room| room.to_string());
        format!("{}/api/v1/rooms/{room}/messages", site())
    };
    let bearer = format!("-H 'Authorization: Bearer {}'", made.secret);
    let hello = r#"-d '{"text":"Hello"}'"#;
    match made.trial {
        Trial::Hook => format!("curl {hello} {value}"),
        Trial::Read(None) => format!("curl {bearer} {}/api/v1/rooms", site()),
        Trial::Read(room) => format!("curl {bearer} {}", messages(room)),
        Trial::Link(_) => site() + &made.secret,
        Trial::Write(room) => format!("curl {bearer} -H 'Content-Type: application/json' {hello} {}", messages(room)),
    }
}
