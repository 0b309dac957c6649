use super::this_form::ThisForm;
use leptos::prelude::*;

/// One of a few, inside a [`PostForm`](super::PostForm): after a failure the one that was chosen.
#[component]
pub fn Options(
    name: &'static str,
    legend: &'static str,
    /// Their values, and how they read.
    options: Vec<(&'static str, &'static str)>,
    /// The value of the one that stands chosen at first.
    chosen: &'static str,
) -> impl IntoView {
    let this = expect_context::<ThisForm>();
    let failed = this.failed.as_ref().and_then(|state| state.value(name));
    let chosen = failed.unwrap_or(chosen);
    let options = options.into_iter().map(|(value, text)| {
        view! {
            <label class="option">
                <input class="option__dot" type="radio" name=name value=value checked=value == chosen/>
                {text}
            </label>
        }
    });
    view! {
        <fieldset class="options">
            <legend class="field__label">{legend}</legend>
            {options.collect_view()}
        </fieldset>
    }
}
