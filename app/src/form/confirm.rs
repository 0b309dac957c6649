use super::FormState;
use super::markup::Content;
use leptos::prelude::*;

/// What is hard to take back is asked for once more: a button that opens what it means, and the form that does it.
/// It stands open after that form was refused.
#[component]
pub fn Confirm(
    /// The endpoint of the form.
    form: &'static str,
    /// What the button reads.
    #[prop(into)]
    label: String,
    #[prop(default = "button button--danger")] class: &'static str,
    children: Content,
) -> impl IntoView {
    let has_failed = use_context::<FormState>().is_some_and(|state| state.form == form);
    view! {
        <details class="confirm" open=has_failed>
            <summary class=class>{label}</summary>
            <div class="confirm__body">{children.written()}</div>
        </details>
    }
}
