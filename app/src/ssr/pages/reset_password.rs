use crate::form::{Claim, PasswordOf, PostForm, TextField};
use crate::ssr::{
    context::{here, secret},
    env,
    layout::Plain,
    load::account,
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
            Ok(person) => {
                let other = other_than(&person).await?;
                Either::Left(view! { <Form person secret other/> })
            }
            Err(Error::ResetSpent) => Either::Right(Spent()),
            Err(error) => return Err(error),
        };
        Ok(view! { <Plain title="New password">{content}</Plain> })
    })
}

/// Who is logged in, if it is somebody else.
async fn other_than(person: &Person) -> Result<Option<Person>, Error> {
    match account().await {
        Ok(account) => Ok(Some(account.person).filter(|me| me.id != person.id)),
        Err(Error::Unauthenticated) => Ok(None),
        Err(error) => Err(error),
    }
}

#[component]
fn Form(person: Person, secret: String, other: Option<Person>) -> impl IntoView {
    let Person { name, username, .. } = person;
    let other = other.map(|Person { name, username, .. }| {
        view! {
            <p class="note" role="status">"You are logged in as "<bdi>{name}</bdi>", @"{username}": this link is for another account, and yours stays as it is."</p>
        }
    });
    view! {
        <h1 class="page__title">"Choose a new password"</h1>
        {other}
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
