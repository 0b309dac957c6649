use super::frame::Frame;
use crate::form::{PostForm, TextField};
use crate::ssr::{Troubles, administrator, context::query, env, page::page};
use domain::administration::instance;
use leptos::prelude::*;
use protocol::Field;

const PATH: &str = "/administration/server";

/// `/administration/server`: what the server is called, and what is wrong around it.
#[component]
pub fn Server() -> impl IntoView {
    page(async {
        administrator().await?;
        let name = instance::name(&env()).await?.to_string();
        let done = (query("done") == "named").then(|| format!("This server is called {name}."));
        let troubles = expect_context::<Troubles>().now().into_iter();
        let troubles: Vec<_> = troubles.map(|words| view! { <p class="note" role="status">{words}</p> }).collect();
        Ok(view! {
            <Frame title="Server" path=PATH done>
                {troubles}
                <section class="card">
                    <h2 class="card__title">"Name"</h2>
                    <PostForm form="set_instance_name" page=PATH>
                        <TextField
                            field=Field::Name
                            label="Name of this server"
                            value=name
                            hint="It stands above the rooms, in the titles of pages, and where people log in or are invited."
                        />
                        <button class="button" type="submit">"Save name"</button>
                    </PostForm>
                </section>
            </Frame>
        })
    })
}
