use crate::ssr::{administrator, page::page, redirect};
use leptos::prelude::*;

/// `/administration`: leads to the people.
#[component]
pub fn Start() -> impl IntoView {
    page(async {
        administrator().await?;
        redirect("/administration/people");
        Ok(())
    })
}
