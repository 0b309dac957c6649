use crate::ssr::{caller, load, page::page, redirect};
use domain::Error;
use leptos::prelude::*;

/// `/`: leads to the rooms, to log in, or on a new server to the first account.
#[component]
pub fn Home() -> impl IntoView {
    page(async {
        match caller().await {
            Ok(_) => redirect("/rooms"),
            Err(Error::Unauthenticated) if load::has_accounts().await? => redirect("/login"),
            Err(Error::Unauthenticated) => redirect("/register"),
            Err(error) => return Err(error),
        }
        Ok(())
    })
}
