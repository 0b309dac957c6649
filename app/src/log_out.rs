use leptos::prelude::*;

/// What the button "Account" opens.
pub const LOG_OUT: &str = "log-out";

/// The question before a log-out; it opens without scripts too. `app/modules/logout.js` adds what would be lost.
#[component]
pub fn LogOut(
    /// The path of the page that it stands on.
    #[prop(into)]
    page: String,
    /// Who is logged in.
    user: String,
) -> impl IntoView {
    view! {
        <div class="ask" id=LOG_OUT popover="auto" role="dialog" aria-label="Log out">
            <p>"Log out on this device?"</p>
            <p class="ask__loss" hidden></p>
            <form method="post" action="/form/logout">
                <input type="hidden" name="page" value=page/>
                <input type="hidden" name="user" value=user/>
                <button class="button" type="button" popovertarget=LOG_OUT popovertargetaction="hide" autofocus>"Stay logged in"</button>
                <button class="button button--danger" type="submit">"Log out"</button>
            </form>
        </div>
    }
}
