use super::FormState;
use super::layout::raw_text;
use leptos::prelude::*;

/// A message that was not sent, on a page without the composer that would hold it. Nothing else keeps it.
#[component]
pub fn Unsent() -> impl IntoView {
    let state = use_context::<FormState>().filter(|state| state.form == "send_message")?;
    let text = state.value("text").filter(|text| !text.trim().is_empty())?;
    Some(view! {
        <div class="field">
            <label class="field__label" for="unsent">"Your message"</label>
            <p class="field__hint" id="unsent-hint">"This was not sent. Copy it, and send it again afterwards."</p>
            <textarea class="field__input" id="unsent" rows="5" dir="auto" readonly aria-describedby="unsent-hint">
                {raw_text(text)}
            </textarea>
        </div>
    })
}
