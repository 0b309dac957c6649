use super::FormState;
use super::markup::Content;
use leptos::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The form that the fields around here belong to.
#[derive(Clone)]
pub(super) struct ThisForm {
    /// Makes the ids of its fields unique on the page.
    pub id: String,
    /// Its state, when it is the one that failed.
    pub failed: Option<FormState>,
}

impl ThisForm {
    fn new(form: &str, hidden: &[(&'static str, String)]) -> Self {
        let id = hidden.iter().fold(form.to_owned(), |id, (_, value)| format!("{id}-{value}"));
        let id = id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let failed = use_context::<FormState>().filter(|state| state.is_of(form, hidden));
        if failed.is_some() {
            Claim::take();
        }
        Self { id, failed }
    }
}

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

/// A form that posts to `/form/{form}`. What concerns no single field stands above the fields.
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
    let told =
        this.failed.as_ref().filter(|state| state.error.field.is_none()).map(|state| state.error.message.clone());
    // The fields find their form, and no other one does.
    let content = Owner::new().with(|| {
        provide_context(this);
        children.written()
    });
    view! {
        <form class="form" method="post" action=format!("/form/{form}") novalidate>
            <input type="hidden" name="page" value=page/>
            {hidden_inputs(hidden)}
            {told.map(|message| view! { <p class="alert" role="alert">{message}</p> })}
            {content}
        </form>
    }
}

/// A form that is a single button; whatever goes wrong stands beneath it.
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
            {told.map(|message| view! { <p class="field__error" role="alert">{message}</p> })}
        </form>
    }
}

/// Values that go along unseen.
pub fn hidden_inputs(hidden: Vec<(&'static str, String)>) -> impl IntoView {
    hidden.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()
}
