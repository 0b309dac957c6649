use super::markup::written;
use super::this_form::ThisForm;
use leptos::prelude::*;
use protocol::Field;

/// A labelled input inside a [`PostForm`](super::PostForm): after a failure it holds what was typed, and the error at its foot.
#[component]
pub fn TextField(
    field: Field,
    #[prop(into)] label: String,
    /// The input's type.
    #[prop(default = "text")]
    kind: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    /// What it holds at first; a password field stays empty.
    #[prop(optional, into)]
    value: String,
    /// A rule worth knowing beforehand.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Where the page's focus starts; a field at fault takes it.
    #[prop(optional)]
    autofocus: bool,
    /// It may stay empty.
    #[prop(optional)]
    is_optional: bool,
) -> impl IntoView {
    let this = expect_context::<ThisForm>();
    let id = format!("{}-{}", this.id, field.name().replace('_', "-"));
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let failed = this.failed.as_ref();
    let is_at_fault = failed.is_some_and(|state| state.error.at(field).is_some());
    let first = failed.and_then(|state| state.error.field);
    let is_focused = first.map_or(autofocus, |first| first == field);
    if is_focused {
        this.take_focus();
    }
    let typed = failed.and_then(|state| state.value(field.name())).map_or(value, str::to_owned);
    let described: Vec<_> = hint.iter().map(|_| hint_id.clone()).chain(is_at_fault.then(|| error_id.clone())).collect();
    let value = if kind == "password" { String::new() } else { typed };
    let capitals = matches!(field, Field::Username | Field::Login | Field::Email).then_some("none");
    written(view! {
        <div class="field">
            <label class="field__label" for=id.clone()>{label}</label>
            <input
                class="field__input"
                id=id
                name=field.name()
                type=kind
                value=value
                autocomplete=autocomplete
                autocapitalize=capitals
                required=!is_optional
                autofocus=is_focused
                aria-invalid=is_at_fault.then_some("true")
                aria-describedby=(!described.is_empty()).then(|| described.join(" "))
            />
            {hint.map(|hint| view! { <p class="field__hint" id=hint_id>{hint}</p> })}
            <FieldError field/>
        </div>
    })
}

/// Tells password managers whose password the form sets; it is not shown and not sent.
#[component]
pub fn PasswordOf(username: String) -> impl IntoView {
    written(view! { <input type="text" value=username autocomplete="username" readonly hidden/> })
}

/// What is wrong with a field of the form around; nothing when all is well.
#[component]
pub fn FieldError(
    field: Field,
    /// By default `{form}-{field}-error`, as [`TextField`] refers to it.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let this = expect_context::<ThisForm>();
    let id = id.unwrap_or_else(|| format!("{}-{}-error", this.id, field.name().replace('_', "-")));
    this.fault(field).map(|problem| view! { <p class="field__error" id=id role="alert">{problem}</p> })
}
