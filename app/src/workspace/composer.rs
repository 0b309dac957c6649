use super::{DraftForm, state::on_change};
#[cfg(not(feature = "ssr"))]
use crate::live::raw_text;
use crate::live::{Live, client_id, focus, has_focus, is_touch, store};
#[cfg(feature = "ssr")]
use crate::ssr::raw_text;
use leptos::{ev, html, prelude::*};
use protocol::{ApiError, ClientId, MessageText, RoomId, UserId};

/// Where messages are written.
pub const COMPOSER: &str = ".composer__input";

/// The key code that browsers give while an input method composes.
const COMPOSING: u32 = 229;

/// Where messages are written. Without the client it is a plain form.
#[component]
pub fn Composer(live: Live, draft: DraftForm, is_closed: Signal<bool>) -> impl IntoView {
    let state = live.state;
    let input = NodeRef::<html::Textarea>::new();
    let error = RwSignal::new(draft.error.clone());
    let me = state.rooms.me();
    let first = StoredValue::new(None::<First>);
    follow_the_room(live, input, error, first, draft.client_id);

    let send = move || {
        let (Some(field), Some(room)) = (input.get_untracked(), state.open.get_untracked()) else { return };
        let text = field.value();
        // The plain form may have sent this before the client arrived: the same message is stored once.
        let same = first.get_value().filter(|first| first.room == room && first.text == text).map(|first| first.id);
        first.set_value(None);
        let sent = match same {
            Some(id) if live.own(room, id).is_some() => Ok(()),
            _ => live.send(room, same.unwrap_or_else(client_id), &text),
        };
        match sent {
            Ok(()) => {
                field.set_value("");
                store::keep_draft(me, room, "");
                error.set(None);
            }
            // Nothing written is nothing wrong.
            Err(_) if field.value().trim().is_empty() => {}
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
        error.set(None);
        if let (Some(field), Some(room)) = (input.get_untracked(), state.open.get_untracked()) {
            store::keep_draft(me, room, &field.value());
        }
    };
    on_change(move || {
        store::on_draft_sent(me, move |room, words| {
            let field = input.get_untracked().filter(|field| field.value() == words);
            if let Some(field) = field.filter(|_| state.open.get_untracked() == Some(room)) {
                field.set_value("");
            }
        });
    });
    let text = raw_text(&draft.text);
    let page = Signal::derive(move || super::wiring::path(state.open.get()));
    let room = Signal::derive(move || state.open.get().map(|room| room.to_string()));
    let invitation = Signal::derive(move || format!("Message {}", state.open_name().unwrap_or_default()));
    let problem = Signal::derive(move || error.get().map(|error| error.message).unwrap_or_default());
    let is_fine = Signal::derive(move || error.with(Option::is_none));
    let if_wrong = move |value: &'static str| Signal::derive(move || (!is_fine.get()).then(|| value.to_owned()));
    view! {
        <form
            class="composer"
            hidden=is_closed
            method="post"
            action="/form/send_message"
            on:submit=move |submit| {
                submit.prevent_default();
                send();
            }
        >
            <input type="hidden" name="page" value=page/>
            <input type="hidden" name="room" value=room/>
            <input type="hidden" name="client_id" value=draft.client_id.to_string()/>
            <div class="composer__card">
                <textarea
                    class="composer__input"
                    name="text"
                    dir="auto"
                    rows="1"
                    aria-label="Message"
                    placeholder=invitation
                    aria-invalid=if_wrong("true")
                    aria-describedby=if_wrong("composer-error")
                    autocomplete="off"
                    enterkeyhint="enter"
                    node_ref=input
                    on:keydown=key
                    on:input=keep
                >
                    {text}
                </textarea>
                <button class="button" type="submit">"Send"</button>
            </div>
            <p class="field__error" id="composer-error" role="alert" hidden=is_fine>{problem}</p>
        </form>
        <Plain live page room is_closed/>
    }
}

/// What a reader without JavaScript needs beside the form; hidden by the style sheet where scripts run.
#[component]
fn Plain(live: Live, page: Signal<String>, room: Signal<Option<String>>, is_closed: Signal<bool>) -> impl IntoView {
    let state = live.state;
    let newest = Signal::derive(move || state.of_open(|timeline| timeline.room.last_no.to_string()));
    let is_read = Signal::derive(move || state.of_open(|timeline| timeline.room.unread() == 0).unwrap_or(true));
    view! {
        <div class="unscripted" hidden=is_closed>
            <a href=page>"Check for new messages"</a>
            <form method="post" action="/form/mark_read" hidden=is_read>
                <input type="hidden" name="page" value=page/>
                <input type="hidden" name="room" value=room/>
                <input type="hidden" name="no" value=newest/>
                <button class="link-button" type="submit">"Mark as read"</button>
            </form>
        </div>
    }
}

/// What stood in the composer when the client arrived. The plain form may be on its way with it.
#[derive(Clone)]
struct First {
    room: RoomId,
    id: ClientId,
    text: String,
}

/// Each room has its own half-written text; what was typed before the client arrived stays.
fn follow_the_room(
    live: Live,
    input: NodeRef<html::Textarea>,
    error: RwSignal<Option<ApiError>>,
    first: StoredValue<Option<First>>,
    form: ClientId,
) {
    let state = live.state;
    let me = state.rooms.me();
    let mut before: Option<Option<RoomId>> = None;
    on_change(move || {
        let room = state.open.get();
        let before = before.replace(room);
        let (Some(field), Some(id)) = (input.get(), room) else { return };
        let is_first = before.is_none();
        if is_first {
            drop_sent_draft(live, me, id);
        }
        if is_first && !field.value().is_empty() {
            store::keep_draft(me, id, &field.value());
            store::keep_form(me, id, Some(form));
            first.set_value(Some(First { room: id, id: form, text: field.value() }));
        } else if before != Some(room) {
            field.set_value(&store::draft(me, id));
        }
        if before.is_some_and(|before| before != room) {
            error.set(None);
        }
        if !is_first {
            focus(if is_touch() { "#content" } else { COMPOSER });
        } else if !(is_touch() || state.has_panel.get_untracked() || has_focus()) {
            focus(COMPOSER);
        }
    });
}

/// A text that the plain form has sent is no draft, though the client found it in the composer on the page before.
fn drop_sent_draft(live: Live, me: UserId, room: RoomId) {
    let sent = store::form(me, room).and_then(|id| live.own(room, id));
    if sent.is_some() && sent == MessageText::parse(&store::draft(me, room)).ok() {
        store::keep_draft(me, room, "");
    }
    store::keep_form(me, room, None);
}
