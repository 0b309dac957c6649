use super::FormState;
use super::markup::Content;
use super::this_form::ThisForm;
use leptos::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a form on the page has taken the [`FormState`] as its own.
///
/// None does when the form went away meanwhile, like the button beside a person who has left; then the page itself tells
/// what went wrong.
#[derive(Clone, Default)]
pub struct Claim(Arc<AtomicBool>);

impl Claim {
    /// The form that failed tells it itself.
    pub fn take() {
        if let Some(claim) = use_context::<Self>() {
            claim.0.store(true, Ordering::Relaxed);
        }
    }

    /// What no form has told; asked after the forms have been made.
    pub fn untold() -> Option<String> {
        let is_claimed = use_context::<Self>()?.0.load(Ordering::Relaxed);
        use_context::<FormState>().filter(|_| !is_claimed).map(|state| state.error.message)
    }
}

/// A form that posts to `/form/{form}`. What none of its fields tells stands above them, and takes the page's focus
/// unless a field does: so it is in sight.
#[component]
pub fn PostForm(
    /// The endpoint.
    form: &'static str,
    /// The path of the page that it stands on.
    #[prop(into)]
    page: String,
    /// Values that go along unseen; of forms that stand on the page repeatedly, they tell which one failed.
    #[prop(optional)]
    hidden: Vec<(&'static str, String)>,
    children: Content,
) -> impl IntoView {
    let this = ThisForm::new(form, &hidden);
    // The fields find their form, and no other one does.
    let content = Owner::new().with(|| {
        provide_context(this.clone());
        children.written()
    });
    let is_focused = !this.has_focus();
    let untold = this.untold().map(|message| {
        view! { <p class="alert" role="alert" tabindex=is_focused.then_some("-1") autofocus=is_focused>{message}</p> }
    });
    view! {
        <form class="form" method="post" action=format!("/form/{form}") novalidate>
            <input type="hidden" name="page" value=page/>
            {hidden_inputs(hidden)}
            {untold}
            {content}
        </form>
    }
}

/// A form that is a single button; whatever goes wrong stands beneath it, and takes the page's focus.
#[component]
pub fn PostButton(
    /// The endpoint.
    form: &'static str,
    /// The path of the page that it stands on.
    #[prop(into)]
    page: String,
    /// Values that go along unseen, and tell repeated forms apart.
    #[prop(optional)]
    hidden: Vec<(&'static str, String)>,
    /// What the button reads.
    #[prop(into)]
    label: String,
    /// What it does, for a screen reader, where the label does not say it all.
    #[prop(optional, into)]
    name: Option<String>,
    #[prop(default = "button")] class: &'static str,
) -> impl IntoView {
    let this = ThisForm::new(form, &hidden);
    let told = this.failed.map(|state| state.error.message);
    view! {
        <form class="form form--button" method="post" action=format!("/form/{form}")>
            <input type="hidden" name="page" value=page/>
            {hidden_inputs(hidden)}
            <button class=class type="submit" aria-label=name>{label}</button>
            {told.map(|message| view! { <p class="field__error" role="alert" tabindex="-1" autofocus>{message}</p> })}
        </form>
    }
}

/// Values that go along unseen.
pub fn hidden_inputs(hidden: Vec<(&'static str, String)>) -> impl IntoView {
    hidden.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()
}
