use crate::form::{PostForm, TextField};
use crate::ssr::{
    caller,
    context::{here, query},
    env,
    layout::Plain,
    load,
    page::page,
    redirect, safe_next,
};
use domain::{Error, Registration};
use leptos::either::Either;
use leptos::prelude::*;
use protocol::Field;

#[component]
pub fn Register() -> impl IntoView {
    page(async {
        let next = query("next");
        match caller().await {
            Ok(_) => redirect(&safe_next(&next)),
            Err(Error::Unauthenticated) => {}
            Err(error) => return Err(error),
        }
        let is_first = !load::has_accounts().await?;
        let is_closed = env().registration == Registration::Closed && !is_first;
        let content = if is_closed { Either::Left(Closed()) } else { Either::Right(view! { <Open is_first next/> }) };
        Ok(view! { <Plain title="Create account">{content}</Plain> })
    })
}

#[component]
fn Open(is_first: bool, next: String) -> impl IntoView {
    let lead = if is_first {
        "Yours is the first account here; it looks after the server."
    } else {
        "A name and a password, and you are in."
    };
    view! {
        <h1 class="page__title">"Create your account"</h1>
        <p class="page__lead">{lead}</p>
        <PostForm form="register" page=here() hidden=vec![("next", next)]>
            <TextField
                field=Field::Username
                label="Username"
                autocomplete="username"
                autofocus=true
                hint="2 to 32 of a–z, 0–9, dot, underscore, hyphen."
            />
            <TextField field=Field::DisplayName label="Display name" autocomplete="name" hint="How others see you."/>
            <TextField field=Field::Email label="Email" kind="email" autocomplete="email"/>
            <TextField
                field=Field::Password
                label="Password"
                kind="password"
                autocomplete="new-password"
                hint="At least 8 characters."
            />
            <button class="button button--wide" type="submit">"Create account"</button>
        </PostForm>
        <p class="page__aside">"Have an account already? "<a href="/login">"Log in"</a></p>
    }
}

#[component]
fn Closed() -> impl IntoView {
    view! {
        <h1 class="page__title">"Registration is closed"</h1>
        <p class="page__lead">"Ask the administrator of this server for an account."</p>
        <p class="page__aside">"Have an account already? "<a href="/login">"Log in"</a></p>
    }
}
