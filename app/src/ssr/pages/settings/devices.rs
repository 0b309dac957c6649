use super::frame::{Frame, page};
use crate::form::{Confirm, PostButton};
use crate::ssr::moment::{Ago, Day};
use crate::ssr::{context::query, load};
use crate::workspace::Zone;
use domain::ports::{Proof, SessionView};
use leptos::prelude::*;

const PATH: &str = "/settings/devices";

/// `/settings/devices`: where one is logged in.
#[component]
pub fn Devices() -> impl IntoView {
    page(async {
        let load::Devices { here, others } = load::devices().await?;
        let (zone, count) = (load::zone(), others.len());
        let done = match query("done").as_str() {
            "ended" => Some("That log-in has ended."),
            "others" => Some("All your other log-ins have ended."),
            _ => None,
        };
        Ok(view! {
            <Frame title="Devices" path=PATH done>
                <section class="section">
                    <h2 class="card__title">"Where you are logged in"</h2>
                    <p class="page__lead">
                        "Browsers, and programs that know your password. If one of them is not yours, end it and "
                        <a href="/settings">"change your password"</a>"."
                    </p>
                    <ul class="entries">
                        <Device session=here zone=zone.clone() is_here=true/>
                        {others.into_iter().map(|session| view! { <Device session zone=zone.clone()/> }).collect_view()}
                    </ul>
                    {(count == 0).then(|| view! { <p class="page__lead">"You are logged in nowhere else."</p> })}
                </section>
                {(count > 0).then(EndOthers)}
            </Frame>
        })
    })
}

#[component]
fn Device(
    session: SessionView,
    zone: Zone,
    /// Whether it is the browser that asks.
    #[prop(optional)]
    is_here: bool,
) -> impl IntoView {
    let name = name(&session);
    let SessionView { id, device, created, seen, .. } = session;
    let address = (!device.address.is_empty()).then(|| format!(" · {}", device.address));
    let end = {
        let hidden = vec![("session", id.0)];
        let name = format!("End {name}");
        (!is_here).then(|| view! { <PostButton form="end_session" page=PATH hidden label="End" name class="button button--quiet"/> })
    };
    view! {
        <li class="entry">
            <div class="entry__what">
                <span class="entry__name">{name}{is_here.then(|| view! { " "<span class="entry__mark">"This one"</span> })}</span>
                <span class="entry__about">
                    {(!is_here).then(|| view! { "Last seen "<Ago at=seen zone=zone.clone()/>" · logged in " })}
                    {is_here.then_some("Logged in ")}
                    <Day at=created zone/>
                    {address}
                </span>
            </div>
            {end}
        </li>
    }
}

/// What its person may know it by.
fn name(session: &SessionView) -> String {
    match (session.device.name.as_str(), session.proof) {
        ("", Proof::Cookie) => "A browser".to_owned(),
        ("", _) => "A program".to_owned(),
        (name, _) => name.to_owned(),
    }
}

#[component]
fn EndOthers() -> impl IntoView {
    view! {
        <Confirm form="end_other_sessions" label="End all others">
                <p>"Every other browser and program has to log in again, and its open pages are led to the log-in page. Your tokens go on."</p>
                <PostButton form="end_other_sessions" page=PATH label="Yes, end all others" class="button button--danger"/>
        </Confirm>
    }
}
