use super::State;
use leptos::prelude::*;

/// Says that the person is no longer in a room, and keeps what they were writing there until they close it.
#[component]
pub fn LostRoom(state: State) -> impl IntoView {
    let is_none = Signal::derive(move || state.lost.with(Option::is_none));
    let sentence = Signal::derive(move || {
        state.lost.get().map(|lost| match lost.room {
            Some(room) => format!("You are no longer in {room}."),
            None => "You are no longer in that room.".to_owned(),
        })
    });
    let words = Signal::derive(move || state.lost.get().map(|lost| lost.words).unwrap_or_default());
    let has_no_words = Signal::derive(move || words.with(String::is_empty));
    view! {
        <section class="lost" hidden=is_none>
            <p role="alert">{sentence}</p>
            <label class="lost__words" hidden=has_no_words>
                <span class="field__hint">"This was not sent. Copy it if you need it."</span>
                <textarea class="field__input" rows="4" dir="auto" readonly aria-label="Your unsent text" prop:value=words></textarea>
            </label>
            <button class="button button--quiet" type="button" on:click=move |_| state.lost.set(None)>"Close"</button>
        </section>
    }
}
