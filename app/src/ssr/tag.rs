use leptos::prelude::*;
use protocol::Person;

/// Stands beside a bot's name, so that nobody takes it for a person.
pub fn bot_tag(person: &Person) -> impl IntoView + use<> {
    person.is_bot.then(|| view! { " "<span class="tag">"Bot"</span> })
}
