use crate::form::{Claim, PasswordOf, PostForm, TextField};
use crate::ssr::{
    context::{here, secret},
    env,
    layout::Plain,
    page::{is_missing, page},
};
use domain::{Error, resets};
use leptos::either::Either;
use leptos::prelude::*;
use protocol::{Field, Person};

/// `/reset-password`: where a link for a new password leads.
#[component]
pub fn ResetPassword() -> impl IntoView {
    page(async {
        let secret = secret("secret");
        let content = match resets::person(&env(), &secret).await {
            Ok(person) => Either::Left(view! { <Form person secret/> }),
            Err(Error::ResetSpent) => Either::Right(Spent()),
            Err(error) => return Err(error),
        };
        Ok(view! { <Plain title="New password">{content}</Plain> })
    })
}

#[component]
fn Form(person: Person, secret: String) -> impl IntoView {
    let Person { name, username, .. } = person;
    view! {
        <h1 class="page__title">"Choose a new password"</h1>
        <p class="page__lead">"It is for "<bdi>{name}</bdi>", @"{username.clone()}". Your devices are then logged out and your tokens revoked. Log in with the new password."</p>
        <PostForm form="reset_password" page=here() hidden=vec![("secret", secret)]>
            <PasswordOf username/>
            <TextField
                field=Field::NewPassword
                label="New password"
                kind="password"
                autocomplete="new-password"
                hint="At least 8 characters."
                autofocus=true
            />
            <button class="button button--wide" type="submit">"Set password"</button>
        </PostForm>
    }
}

#[component]
fn Spent() -> impl IntoView {
    // The page says it itself, also after the form.
    Claim::take();
    is_missing();
    view! {
        <h1 class="page__title">"This link serves no more"</h1>
        <p class="page__lead">{Error::ResetSpent.to_string()}</p>
        <p class="page__act"><a class="button" href="/login">"Log in"</a></p>
    }
}
