use crate::form::{PostButton, PostForm, TextField};
use crate::ssr::{
    caller,
    context::{Reader, here, query},
    layout::Plain,
    load::account,
    page::{page, with_query},
    redirect, safe_next,
    unsent::{Unsent, has_ended},
};
use domain::Error;
use leptos::either::Either;
use leptos::prelude::*;
use protocol::{Field, Person};

#[component]
pub fn Login() -> impl IntoView {
    page(async {
        let next = query("next");
        match caller().await {
            Ok(_) if query("done") == "password" => {
                let me = account().await?.person;
                return Ok(Either::Left(view! { <StillIn me/> }));
            }
            Ok(_) => redirect(&safe_next(&next)),
            Err(Error::Unauthenticated) => {}
            Err(error) => return Err(error),
        }
        let register = with_query("/register", "next", &next);
        let done = query("done");
        let (title, lead) = match done.as_str() {
            "ended" => ("Log in", None),
            _ => ("Welcome back", Some("Your rooms are where you left them.")),
        };
        let done = match done.as_str() {
            "password" => Some("Your new password is set. Log in with it.".to_owned()),
            "ended" => Some(has_ended().message),
            _ => None,
        };
        let done = done.map(|words| view! { <p class="note" role="status">{words}</p> });
        let blocked = (query("done") == "in").then(|| view! { <p class="note" role="alert">{COOKIES_BLOCKED}</p> });
        let hidden = vec![("next", next)];
        Ok(Either::Right(view! {
            <Plain title="Log in">
                <h1 class="page__title">{title}</h1>
                {done}
                {blocked}
                {lead.map(|lead| view! { <p class="page__lead">{lead}</p> })}
                <Unsent/>
                <PostForm form="login" page=here() hidden>
                    <TextField field=Field::Login label="Username or email" autocomplete="username" autofocus=true/>
                    <TextField field=Field::Password label="Password" kind="password" autocomplete="current-password"/>
                    <button class="button button--wide" type="submit">"Log in"</button>
                </PostForm>
                <p class="page__aside">"New here? "<a href=register>"Create an account"</a></p>
            </Plain>
        }))
    })
}

const COOKIES_BLOCKED: &str = "Your browser blocks cookies, so Natter cannot know that you are logged in. Allow cookies for this site and log in again.";

/// Who has set a new password by a link, while logged in with another account.
#[component]
fn StillIn(me: Person) -> impl IntoView {
    let Person { name, username, .. } = me;
    view! {
        <Plain title="New password">
            <h1 class="page__title">"The new password is set"</h1>
            <p class="page__lead">"You are still logged in as "<bdi>{name}</bdi>", @"{username}", whose password is as before. Log out to log in with the new one."</p>
            <PostButton form="logout" page="/login" hidden=vec![("user", Reader::user())] label="Log out" class="button"/>
            <p class="page__act"><a class="button button--quiet" href="/rooms">"Go to your rooms"</a></p>
        </Plain>
    }
}
