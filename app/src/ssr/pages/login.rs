use crate::form::{PostForm, TextField};
use crate::ssr::{
    caller,
    context::{here, query},
    layout::Plain,
    page::{page, with_query},
    redirect, safe_next,
    unsent::{Unsent, has_ended},
};
use domain::Error;
use leptos::prelude::*;
use protocol::Field;

#[component]
pub fn Login() -> impl IntoView {
    page(async {
        let next = query("next");
        match caller().await {
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
        let hidden = vec![("next", next)];
        Ok(view! {
            <Plain title="Log in">
                <h1 class="page__title">{title}</h1>
                {done}
                {lead.map(|lead| view! { <p class="page__lead">{lead}</p> })}
                <Unsent/>
                <PostForm form="login" page=here() hidden>
                    <TextField field=Field::Login label="Username or email" autocomplete="username" autofocus=true/>
                    <TextField field=Field::Password label="Password" kind="password" autocomplete="current-password"/>
                    <button class="button button--wide" type="submit">"Log in"</button>
                </PostForm>
                <p class="page__aside">"New here? "<a href=register>"Create an account"</a></p>
            </Plain>
        })
    })
}
