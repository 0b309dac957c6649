use crate::form::{Made, Trial};
use crate::ssr::{context::site, invite::Copied, load, qr::Qr};
use leptos::prelude::*;

/// The link that a form on this page has just made, shown once.
#[component]
pub fn NewLink(
    /// How far it carries, as in `It serves once`.
    #[prop(into)]
    serves: String,
    /// Where one goes when it is copied.
    #[prop(into)]
    done: String,
) -> impl IntoView {
    let made = use_context::<Made>()?;
    let Trial::Link(expires) = made.trial else { return None };
    let (address, until) = (site() + &made.secret, load::zone().full(expires));
    Some(view! {
        <section class="card card--new" aria-labelledby="made">
            <h2 class="card__title" id="made">{made.name}</h2>
            <p id="made-once">"Copy it now: it is not shown again. "{serves}", until "{until}"."</p>
            <Copied id="secret" label="Link" value=address.clone() autofocus=true described_by="made-once"/>
            <Qr text=address name="The link as a QR code"/>
            <p><a class="button button--quiet" href=done>"I have copied it"</a></p>
        </section>
    })
}
