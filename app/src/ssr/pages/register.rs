use crate::form::{Claim, PostForm, TextField};
use crate::ssr::{
    caller,
    context::{Called, here, query, secret},
    env, is_local,
    layout::Plain,
    load,
    page::{page, with_query},
    redirect, safe_next,
};
use domain::{Error, Registration, invitations, registration};
use leptos::either::Either;
use leptos::prelude::*;
use protocol::{Field, Person};

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
        let invitation = secret("invitation");
        let refused = if is_first { None } else { refusal(&invitation).await? };
        let host = invitations::host(&env(), &invitation).await?;
        let content = match refused {
            Some(reason) => Either::Left(view! { <Shut reason next/> }),
            None => Either::Right(view! { <Open is_first takes_code={is_first && !is_local()} host invitation next/> }),
        };
        Ok(view! { <Plain title="Create account">{content}</Plain> })
    })
}

/// Why nobody can make an account here by this invitation, which may be none.
async fn refusal(invitation: &str) -> Result<Option<Error>, Error> {
    Ok(match registration::mode(&env()).await? {
        Registration::Open => None,
        Registration::Closed => Some(Error::RegistrationClosed),
        Registration::Invitation if invitations::is_usable(&env(), invitation).await? => None,
        Registration::Invitation => Some(Error::NotInvited),
    })
}

#[component]
fn Open(
    is_first: bool,
    /// Whether it takes the setup code.
    takes_code: bool,
    /// Who invites.
    host: Option<Person>,
    invitation: String,
    next: String,
) -> impl IntoView {
    let lead = if is_first {
        "Yours is the first account here; it administers the server."
    } else {
        "Fill this in, and you are in the conversation."
    };
    let log_in = with_query("/login", "next", &next);
    let mut hidden = vec![("next", next)];
    if !invitation.is_empty() {
        hidden.push(("invitation", invitation));
    }
    let host = host.map(|host| {
        view! { <p class="note"><bdi>{host.name}</bdi>" invites you to "<bdi>{Called::here()}</bdi>"."</p> }
    });
    view! {
        <h1 class="page__title">"Create your account"</h1>
        {host}
        <p class="page__lead">{lead}</p>
        <PostForm form="register" page=here() hidden>
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
            {takes_code.then(|| view! {
                <TextField
                    field=Field::SetupCode
                    label="Setup code"
                    value=secret("setup_code")
                    hint="Natter prints it when it starts, with a link to this page: see journalctl -u natter, or docker logs natter."
                />
            })}
            <button class="button button--wide" type="submit">"Create account"</button>
        </PostForm>
        <p class="page__aside">"Have an account already? "<a href=log_in>"Log in"</a></p>
    }
}

#[component]
fn Shut(reason: Error, next: String) -> impl IntoView {
    // The page says it itself, also after the form.
    Claim::take();
    let title = match reason {
        Error::NotInvited => "Registration is by invitation",
        _ => "Registration is closed",
    };
    view! {
        <h1 class="page__title">{title}</h1>
        <p class="page__lead">{reason.to_string()}</p>
        <p class="page__aside">"Have an account already? "<a href=with_query("/login", "next", &next)>"Log in"</a></p>
    }
}
