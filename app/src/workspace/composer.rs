use super::DraftForm;
use crate::live::{Live, is_touch, store};
use leptos::{ev, html, prelude::*};
use protocol::{ApiError, Field, RoomId};

/// The key code that browsers give while an input method composes.
const COMPOSING: u32 = 229;

/// Where messages are written. Without the client it is a plain form.
#[component]
pub fn Composer(live: Live, draft: DraftForm) -> impl IntoView {
    let state = live.state;
    let input = NodeRef::<html::Textarea>::new();
    let error = RwSignal::new(draft.error.clone());
    let me = state.workspace.with_untracked(|workspace| workspace.me);
    let name = Memo::new(move |_| state.of_open(|timeline| timeline.room.name.clone()).unwrap_or_default());
    follow_the_room(live, input, error);

    let send = move || {
        let (Some(field), Some(room)) = (input.get_untracked(), state.open.get_untracked()) else { return };
        match live.send(room, &field.value()) {
            Ok(()) => {
                field.set_value("");
                store::keep_draft(me, room, "");
                error.set(None);
            }
            Err(problem) if field.value().trim().is_empty() => drop(problem),
            Err(problem) => error.set(Some(problem)),
        }
        let _ = field.focus();
    };
    let key = move |key: ev::KeyboardEvent| {
        let is_composing = key.is_composing() || key.key_code() == COMPOSING;
        if key.key() == "Enter" && !key.shift_key() && !is_composing && !is_touch() {
            key.prevent_default();
            send();
        }
    };
    let keep = move |_| {
        if let (Some(field), Some(room)) = (input.get_untracked(), state.open.get_untracked()) {
            store::keep_draft(me, room, &field.value());
        }
    };
    let room = move || state.open.get().map(|room| room.to_string());
    view! {
        <form
            class="composer"
            method="post"
            action="/form/send_message"
            on:submit=move |submit| {
                submit.prevent_default();
                send();
            }
        >
            <input type="hidden" name="page" value=move || super::wiring::path(state.open.get())/>
            <input type="hidden" name="room" value=room/>
            <input type="hidden" name="client_id" value=draft.client_id.to_string()/>
            <div class="composer__card">
                <textarea
                    class="composer__input"
                    name="text"
                    rows="1"
                    aria-label="Message"
                    placeholder=move || format!("Message {}", name.get())
                    aria-invalid=move || error.get().map(|_| "true")
                    aria-describedby=move || error.get().map(|_| "composer-error")
                    autocomplete="off"
                    enterkeyhint="send"
                    node_ref=input
                    on:keydown=key
                    on:input=keep
                >
                    {draft.text}
                </textarea>
                <button class="button composer__send" type="submit">"Send"</button>
            </div>
            {move || error.get().map(|error| view! {
                <p class="field__error" id="composer-error" role="alert">{told(&error)}</p>
            })}
        </form>
        <Plain live/>
    }
}

/// What a reader without JavaScript needs beside the form; hidden by the style sheet where scripts run.
#[component]
fn Plain(live: Live) -> impl IntoView {
    let state = live.state;
    let unread =
        move || state.of_open(|timeline| (timeline.room.unread() > 0).then_some(timeline.room.last_no)).flatten();
    let room = move || state.open.get().map(|room| room.to_string());
    view! {
        <div class="unscripted">
            <a href=move || super::wiring::path(state.open.get())>"Check for new messages"</a>
            {move || unread().map(|no| view! {
                <form method="post" action="/form/mark_read">
                    <input type="hidden" name="page" value=super::wiring::path(state.open.get())/>
                    <input type="hidden" name="room" value=room/>
                    <input type="hidden" name="no" value=no.to_string()/>
                    <button class="link-button" type="submit">"Mark as read"</button>
                </form>
            })}
        </div>
    }
}

/// Each room has its own half-written text; what was typed before the client arrived stays.
fn follow_the_room(live: Live, input: NodeRef<html::Textarea>, error: RwSignal<Option<ApiError>>) {
    let state = live.state;
    let me = state.workspace.with_untracked(|workspace| workspace.me);
    Effect::new(move |before: Option<Option<RoomId>>| {
        let room = state.open.get();
        let (Some(field), Some(id)) = (input.get(), room) else { return room };
        let is_first = before.is_none();
        if is_first && !field.value().is_empty() {
            store::keep_draft(me, id, &field.value());
        } else if before != Some(room) {
            field.set_value(&store::draft(me, id));
        }
        if before.is_some_and(|before| before != room) {
            error.set(None);
        }
        if !is_touch() && !is_first {
            let _ = field.focus();
        }
        room
    });
}

fn told(error: &ApiError) -> String {
    debug_assert!(error.field.is_none_or(|field| field == Field::Text));
    error.message.clone()
}
