use super::FormState;
use super::layout::raw_text;
use leptos::prelude::*;
use protocol::{ApiError, Code};

/// Why a form was refused whose session has ended.
const ENDED: &str = "Your session has ended. Nothing was saved. Log in and try again.";

/// The notice of the log-in page after a form was posted without a session.
pub fn has_ended() -> ApiError {
    ApiError::new(Code::Unauthenticated, ENDED)
}

/// The words of a form that was not taken, on a page without the form. Nothing else keeps them.
#[component]
pub fn Unsent() -> impl IntoView {
    let state = use_context::<FormState>()?;
    let field = |number: usize, label: &str, value: &str| {
        let (id, hint) = (format!("unsent-{number}"), format!("unsent-{number}-hint"));
        let (rows, copy) = if state.form == "send_message" {
            (Some("5"), "This was not sent. Copy it, and send it again afterwards.")
        } else {
            (None, "This was not saved. Copy it, and enter it again afterwards.")
        };
        view! {
            <div class="field">
                <label class="field__label" for=id.clone()>{label.to_owned()}</label>
                <p class="field__hint" id=hint.clone()>{copy}</p>
                <textarea class="field__input" id=id rows=rows dir="auto" readonly aria-describedby=hint>
                    {raw_text(value)}
                </textarea>
            </div>
        }
    };
    Some(state.words().enumerate().map(|(number, (label, value))| field(number, label, value)).collect_view())
}
