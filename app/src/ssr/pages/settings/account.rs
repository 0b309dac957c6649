use super::frame::{Frame, page};
use crate::avatar::{Avatar, AvatarSize};
use crate::form::{Options, PasswordOf, PostForm, TextField};
use crate::ssr::{Theme, context::query, load};
use leptos::prelude::*;
use protocol::{Field, Person};

/// `/settings`: one's own account and this browser's theme.
#[component]
pub fn Account() -> impl IntoView {
    page(async {
        let (account, tokens) = (load::account().await?, load::tokens().await?);
        let tokens: Vec<_> = tokens.tokens.into_iter().map(|token| token.device.name).collect();
        let saved = saved(&query("saved"));
        let Person { name, username, .. } = account.person.clone();
        Ok(view! {
            <Frame title="Settings" path="/settings" done=saved>
                <Facts person=account.person email=account.email is_admin=account.is_admin/>
                <section class="card">
                    <h2 class="card__title">"Profile"</h2>
                    <PostForm form="set_profile" page="/settings">
                        <TextField field=Field::DisplayName label="Display name" autocomplete="name" value=name/>
                        <button class="button" type="submit">"Save name"</button>
                    </PostForm>
                </section>
                <Password username tokens/>
                <Appearance/>
            </Frame>
        })
    })
}

fn saved(what: &str) -> Option<&'static str> {
    match what {
        "profile" => Some("Your name is saved."),
        "password" => Some("Your password is changed. Your other devices are logged out; your tokens still work."),
        "password_and_tokens" => {
            Some("Your password is changed. Your other devices are logged out, and your tokens are revoked.")
        }
        "administrator" => Some("You are no administrator any more."),
        "theme" => Some("Your theme is saved in this browser."),
        _ => None,
    }
}

#[component]
fn Facts(person: Person, email: String, is_admin: bool) -> impl IntoView {
    let Person { id, username, name, .. } = person;
    view! {
        <section class="card card--who" aria-label="Your account">
            <Avatar name=name.clone() id=id.get() size=AvatarSize::Large/>
            <dl class="facts">
                <div class="facts__pair"><dt>"Name"</dt><dd><bdi>{name}</bdi></dd></div>
                <div class="facts__pair"><dt>"Username"</dt><dd>"@"{username}</dd></div>
                <div class="facts__pair"><dt>"Email"</dt><dd>{email}</dd></div>
                {is_admin.then(|| view! { <div class="facts__pair"><dt>"Role"</dt><dd>"Administrator"</dd></div> })}
            </dl>
        </section>
    }
}

#[component]
fn Password(
    username: String,
    /// The names of the person's tokens.
    tokens: Vec<String>,
) -> impl IntoView {
    let choice = (!tokens.is_empty()).then(|| {
        let names = tokens.join(", ");
        view! {
            <label class="option">
                <input class="option__dot" type="checkbox" name="revoke_tokens" value="yes" aria-describedby="own-tokens"/>
                "Also revoke my tokens"
            </label>
            <p class="field__hint" id="own-tokens">"Programs use them in your name: "<bdi>{names}</bdi>". Revoke them if somebody else may know your password."</p>
        }
    });
    view! {
        <section class="card">
            <h2 class="card__title">"Password"</h2>
            <PostForm form="set_password" page="/settings">
                <PasswordOf username/>
                <TextField
                    field=Field::Password
                    label="Current password"
                    kind="password"
                    autocomplete="current-password"
                />
                <TextField
                    field=Field::NewPassword
                    label="New password"
                    kind="password"
                    autocomplete="new-password"
                    hint="At least 8 characters. Your other devices are logged out."
                />
                {choice}
                <button class="button" type="submit">"Change password"</button>
            </PostForm>
            <p class="card__note">"Your bots keep their tokens; see "<a href="/settings/bots">"Bots"</a>"."</p>
        </section>
    }
}

#[component]
fn Appearance() -> impl IntoView {
    let options = Theme::ALL.map(|theme| {
        let text = match theme {
            Theme::System => "System",
            Theme::Light => "Light",
            Theme::Dark => "Dark",
        };
        (theme.name(), text)
    });
    view! {
        <section class="card">
            <h2 class="card__title">"Appearance"</h2>
            <PostForm form="set_theme" page="/settings">
                <Options name="theme" legend="Theme" options=options.to_vec() chosen=Theme::current().name()/>
                <button class="button" type="submit">"Save theme"</button>
            </PostForm>
        </section>
    }
}
