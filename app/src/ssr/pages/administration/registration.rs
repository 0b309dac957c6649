use super::frame::{Frame, Pager, address};
use super::invitation::{InvitationList, NewInvitation, NoInvitation};
use super::link::NewLink;
use super::reset::ResetList;
use crate::form::{Options, PostForm, written};
use crate::ssr::administration_form::REGISTRATION;
use crate::ssr::{administrator, context::query, env, page::page};
use domain::ports::InvitationId;
use domain::{invitations, registration, resets};
use leptos::prelude::*;

pub const PATH: &str = "/administration/registration";

/// How invitations serve again: by the choice on this page, or where that is fixed.
const OPENED_HERE: &str = "To invite people, choose “Whoever is invited” above and save.";
const OPENED_THERE: &str = "The server’s configuration closes it (NATTER_REGISTRATION): \
                            to invite people, set that to “invitation”, or unset it and choose here.";

/// `/administration/registration`: who may make an account, and by which invitations.
#[component]
pub fn Registration() -> impl IntoView {
    page(async {
        let (env, by) = (env(), administrator().await?);
        let mode = registration::mode(&env).await?;
        let before = query("before").parse().ok().map(InvitationId);
        let found = invitations::list(&env, &by, before).await?;
        let links = resets::list(&env, &by).await?;
        let next = found.goes_on_after().map(|last| address(PATH, &[("before", &last.id.0.to_string())]));
        let first = before.map(|_| PATH.to_owned());
        let (form, way_out) = if registration::is_fixed(&env) {
            (written(view! { <Fixed mode/> }), OPENED_THERE)
        } else {
            (written(view! { <Choice mode/> }), OPENED_HERE)
        };
        let new = match mode {
            domain::Registration::Closed => written(view! { <NoInvitation way_out/> }),
            _ => written(view! { <NewInvitation/> }),
        };
        Ok(view! {
            <Frame title="Registration" path=PATH done=done(&query("done"))>
                <NewLink serves="It serves as often as you have said" done=PATH/>
                {form}
                <InvitationList found=found.entries mode/>
                <Pager first next/>
                {new}
                <ResetList links/>
            </Frame>
        })
    })
}

fn done(what: &str) -> Option<String> {
    let words = match what {
        "chosen" => "Saved. It holds from now on.",
        "reset" => "The password link is revoked. The password stays as it was.",
        "revoked" => "The invitation is revoked. Accounts that were made by it stay.",
        _ => return None,
    };
    Some(words.to_owned())
}

#[component]
fn Choice(mode: domain::Registration) -> impl IntoView {
    view! {
        <section class="card">
            <h2 class="card__title">"Who may make an account"</h2>
            <PostForm form="set_registration" page=PATH>
                <Options name="registration" legend="Accounts can be made by" options=REGISTRATION.to_vec() chosen=mode.name()/>
                <button class="button" type="submit">"Save"</button>
            </PostForm>
        </section>
    }
}

#[component]
fn Fixed(mode: domain::Registration) -> impl IntoView {
    let (_, who) = REGISTRATION.into_iter().find(|(name, _)| *name == mode.name()).unwrap_or(REGISTRATION[0]);
    view! {
        <section class="card">
            <h2 class="card__title">"Who may make an account"</h2>
            <p>{who}</p>
            <p class="card__note">"The server’s configuration says so (NATTER_REGISTRATION), and fixes it. Unset it there to choose here."</p>
        </section>
    }
}
