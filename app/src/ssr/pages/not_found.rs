use crate::ssr::page::page;
use domain::Error;
use leptos::prelude::*;

/// What stands at a path that leads nowhere.
#[component]
pub fn NotFound() -> impl IntoView {
    page(async { Err::<(), _>(Error::NotFound) })
}
