//! How to bring others in, where nobody else is yet.

use super::{context::site, env, me, qr::Qr};
use crate::form::{PostForm, written};
use domain::{Error, Registration, registration};
use leptos::prelude::*;

/// For an administrator how others come in; nobody else can do anything about it.
pub async fn registration() -> Result<Option<Registration>, Error> {
    match me().await?.administers(&env()).await {
        Ok(_) => registration::mode(&env()).await.map(Some),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The link by which others make accounts, or the way to one.
#[component]
pub fn Invite(mode: Registration) -> impl IntoView {
    let content = match mode {
        Registration::Open => written(view! { <Link/> }),
        Registration::Invitation => written(view! { <New/> }),
        Registration::Closed => written(view! {
            <p class="card__note">"Nobody can make an account at present."</p>
            <p><a class="button" href="/administration/registration">"Open registration"</a></p>
        }),
    };
    view! {
        <section class="card invite">
            <h2 class="card__title">"Invite people"</h2>
            {content}
        </section>
    }
}

#[component]
fn Link() -> impl IntoView {
    let address = site() + "/register";
    view! {
        <p class="card__note">"Send them this link, or let them scan the code. They make their own accounts and meet you here."</p>
        <Copied id="invite-link" label="Link" value=address.clone()/>
        <Qr text=address name="The link as a QR code"/>
    }
}

#[component]
fn New() -> impl IntoView {
    let hidden = [("note", ""), ("uses", "10"), ("days", "7")].map(|(name, value)| (name, value.to_owned()));
    view! {
        <p class="card__note">"People need an invitation to make an account here. This one is for 10 people, for 7 days."</p>
        <PostForm form="make_invitation" page="/administration/registration" hidden=hidden.to_vec()>
            <button class="button" type="submit">"Make an invitation link"</button>
        </PostForm>
    }
}

/// Something to carry elsewhere, with a button that copies it; app/modules/copy.js does that.
#[component]
pub fn Copied(
    id: &'static str,
    label: &'static str,
    value: String,
    /// The page's focus starts here.
    #[prop(optional)]
    autofocus: bool,
    #[prop(optional)] described_by: Option<&'static str>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label class="field__label" for=id>{label}</label>
            <div class="copied">
                <input class="field__input field__input--code" id=id type="text" value=value readonly autofocus=autofocus spellcheck="false" aria-describedby=described_by/>
                <button class="button button--quiet copied__button" type="button" data-copy=id aria-live="polite">"Copy"</button>
            </div>
        </div>
    }
}
