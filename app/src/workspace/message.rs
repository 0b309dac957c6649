use super::clock::datetime;
use super::rows::{Key, MessageRow, Row, RowState};
use super::text::{Span, spans};
use crate::avatar::{Avatar, AvatarSize};
use crate::live::Live;
use leptos::prelude::*;
use protocol::RoomId;

/// One row of the log. The row keeps its element while its content changes.
#[component]
pub fn LogRow(live: Live, room: RoomId, row: Row, rows: Memo<Vec<Row>>) -> impl IntoView {
    match row {
        Row::Day { ref label, .. } => {
            let key = row.key();
            let label = label.clone();
            let label = Memo::new(move |_| {
                let now = rows.with(|rows| rows.iter().find(|row| row.key() == key).cloned());
                if let Some(Row::Day { label, .. }) = now { label } else { label.clone() }
            });
            view! { <h2 class="divider">{move || label.get()}</h2> }.into_any()
        }
        Row::New => view! { <h2 class="divider divider--new">"New"</h2> }.into_any(),
        Row::Message(first) => {
            let key = Key::Message(first.author, first.client_id);
            let row = Memo::new(move |_| {
                let now = rows.with(|rows| rows.iter().find(|row| row.key() == key).cloned());
                if let Some(Row::Message(row)) = now { row } else { first.clone() }
            });
            view! { <Message live room row/> }.into_any()
        }
    }
}

#[component]
fn Message(live: Live, room: RoomId, row: Memo<MessageRow>) -> impl IntoView {
    let read = move |part: fn(&MessageRow) -> String| move || row.with(part);
    let no = move || match row.with(|row| row.state.clone()) {
        RowState::Stored(no) => Some(no),
        _ => None,
    };
    let (author, client_id, at, text) =
        row.with_untracked(|row| (row.author.get(), row.client_id, datetime(row.at), row.text.clone()));
    let failure = move || match row.with(|row| row.state.clone()) {
        RowState::Failed(reason) => Some(reason),
        _ => None,
    };
    view! {
        <article
            class="message"
            class:message--grouped=move || row.with(|row| row.is_grouped)
            class:message--pending=move || row.with(|row| !matches!(row.state, RowState::Stored(_)))
            id=move || no().map(|no| format!("m{no}"))
        >
            <p class="message__head">
                <span class="message__author">{read(|row| row.name.clone())}</span>
                " "
                <a class="message__time" href=move || no().map(|no| format!("/rooms/{room}?around={no}#m{no}"))>
                    <time datetime=at title=read(|row| row.full.clone())>{read(|row| row.time.clone())}</time>
                </a>
            </p>
            <p class="message__text">{spans(&text).into_iter().map(span).collect_view()}</p>
            <Show when=move || row.with(|row| row.state == RowState::Sending)>
                <p class="message__state">"Sending…"</p>
            </Show>
            {move || failure().map(|reason| view! {
                <p class="message__state message__state--failed" role="alert">
                    {reason}
                    " "
                    <button class="link-button" type="button" on:click=move |_| live.retry(client_id)>"Retry"</button>
                    <button class="link-button" type="button" on:click=move |_| live.discard(client_id)>"Delete"</button>
                </p>
            })}
            {move || view! { <Avatar name=row.with(|row| row.name.clone()) id=author size=AvatarSize::Medium/> }}
        </article>
    }
}

fn span(span: Span) -> AnyView {
    match span {
        Span::Text(text) => text.into_any(),
        Span::Link { text, href } => {
            view! { <a href=href rel="noopener noreferrer nofollow" target="_blank">{text}</a> }.into_any()
        }
    }
}
