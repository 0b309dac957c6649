use crate::live::{Live, copy};
use leptos::{html, prelude::*};

/// Says that the person is no longer in a room, and keeps what they were writing there until they copy or close it.
#[component]
pub fn LostRoom(live: Live) -> impl IntoView {
    let state = live.state;
    let field = NodeRef::<html::Textarea>::new();
    let is_none = Signal::derive(move || state.lost.with(Option::is_none));
    let sentence = Signal::derive(move || {
        state.lost.get().map(|lost| match lost.room {
            Some(room) => format!("You are no longer in {room}."),
            None => "You are no longer in a room where you were writing.".to_owned(),
        })
    });
    let words = Signal::derive(move || state.lost.get().map(|lost| lost.words).unwrap_or_default());
    let has_no_words = Signal::derive(move || words.with(String::is_empty));
    let label = Signal::derive(move || {
        let is_copied = state.lost.with(|lost| lost.as_ref().is_some_and(|lost| lost.is_copied));
        if is_copied { "Copied" } else { "Copy" }.to_owned()
    });
    view! {
        <section class="lost" hidden=is_none>
            <p role="alert">{sentence}</p>
            <label class="lost__words" hidden=has_no_words>
                <span class="field__hint">"This was not sent. Copy it if you need it."</span>
                <textarea
                    class="field__input"
                    rows="4"
                    dir="auto"
                    readonly
                    aria-label="Your unsent text"
                    node_ref=field
                    prop:value=words
                    on:copy=move |_| live.copied_lost()
                ></textarea>
            </label>
            <p class="lost__acts">
                <button class="button" type="button" hidden=has_no_words on:click=move |_| _ = field.get_untracked().inspect(copy)>{label}</button>
                <button class="button button--quiet" type="button" on:click=move |_| live.dismiss_lost()>"Close"</button>
            </p>
        </section>
    }
}
