use super::blocks::Line;
use super::clock::datetime;
use super::rows::{MessageRow, Row, RowState};
use super::text::{Span, spans};
use crate::avatar::{Avatar, AvatarSize};
use crate::live::Live;
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;
use protocol::RoomId;

/// One row of the log. The row keeps its element while its content changes.
#[component]
pub fn LogRow(live: Live, room: RoomId, line: Line) -> impl IntoView {
    let Line { row, .. } = line;
    match row.get_untracked() {
        Row::Day { label, .. } => {
            let label = Signal::derive(move || match row.get() {
                Row::Day { label, .. } => label,
                _ => label.clone(),
            });
            EitherOf3::A(view! { <h2 class="divider">{label}</h2> })
        }
        Row::New => EitherOf3::B(view! { <h2 class="divider divider--new">"New"</h2> }),
        Row::Message(first) => {
            let row = Memo::new(move |_| match row.get() {
                Row::Message(row) => row,
                _ => first.clone(),
            });
            EitherOf3::C(view! { <Message live room row/> })
        }
    }
}

#[component]
fn Message(live: Live, room: RoomId, row: Memo<MessageRow>) -> impl IntoView {
    let text = move |read: fn(&MessageRow) -> String| Signal::derive(move || row.with(read));
    let link = move |write: fn(RoomId, protocol::No) -> String| {
        Signal::derive(move || match row.with(|row| row.state.clone()) {
            RowState::Stored(no) => Some(write(room, no)),
            _ => None,
        })
    };
    let (author, client_id, at, words) =
        row.with_untracked(|row| (row.author.get(), row.client_id, datetime(row.at), row.text.clone()));
    let (name, shown) = (text(|row| row.name.clone()), text(MessageRow::shown));
    let sending =
        Signal::derive(move || row.with(|row| (row.state == RowState::Sending).then(|| "Sending…".to_owned())));
    let failure = Signal::derive(move || match row.with(|row| row.state.clone()) {
        RowState::Failed(reason) => Some(reason),
        _ => None,
    });
    view! {
        <article class=text(class) id=link(|_, no| format!("m{no}"))>
            <p class="message__head">
                <span class="message__author"><bdi>{shown}</bdi></span>
                " "
                <a class="message__time" href=link(|room, no| format!("/rooms/{room}?around={no}#m{no}"))>
                    <time datetime=at title=text(|row| row.full.clone())>{text(|row| row.time.clone())}</time>
                </a>
            </p>
            <p class="message__text" dir="auto">{spans(&words).into_iter().map(span).collect_view()}</p>
            <p class="message__state">{sending}</p>
            {move || failure.get().map(|reason| view! {
                <p class="message__state message__state--failed" role="alert">
                    {reason}
                    " "
                    <button class="link-button" type="button" on:click=move |_| live.retry(client_id)>"Retry"</button>
                    <button class="link-button" type="button" on:click=move |_| live.discard(client_id)>"Delete"</button>
                </p>
            })}
            <Avatar name id=author size=AvatarSize::Medium/>
        </article>
    }
}

fn class(row: &MessageRow) -> String {
    let grouped = if row.is_grouped { " message--grouped" } else { "" };
    let pending = if matches!(row.state, RowState::Stored(_)) { "" } else { " message--pending" };
    // The tag beside the name is of the style: an element of its own in every message weighs much more in the client.
    let bot = if row.is_bot { " message--bot" } else { "" };
    let arrival = if row.is_arrival { " message--arrival" } else { "" };
    format!("message{grouped}{pending}{bot}{arrival}")
}

fn span(span: Span) -> impl IntoView {
    match span {
        Span::Text(text) => Either::Left(text),
        Span::Link { text, href } => Either::Right(
            view! { <a href=href dir="ltr" rel="noopener noreferrer nofollow" target="_blank">{text}</a> },
        ),
    }
}
