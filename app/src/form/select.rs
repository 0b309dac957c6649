use super::this_form::ThisForm;
use leptos::prelude::*;

/// One of many, inside a [`PostForm`](super::PostForm): after a failure the one that was chosen.
#[component]
pub fn SelectField(
    name: &'static str,
    #[prop(into)] label: String,
    /// Their values, and how they read.
    options: Vec<(String, String)>,
) -> impl IntoView {
    let this = expect_context::<ThisForm>();
    let id = format!("{}-{name}", this.id);
    let chosen = this.failed.as_ref().and_then(|state| state.value(name)).map(str::to_owned);
    let options = options.into_iter().map(|(value, text)| {
        let selected = chosen.as_ref() == Some(&value);
        view! { <option value=value selected=selected>{text}</option> }
    });
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>{label}</label>
            <select class="field__input" id=id name=name>{options.collect_view()}</select>
        </div>
    }
}
