use crate::ssr::words;
use crate::workspace::{Zone, datetime};
use leptos::prelude::*;
use protocol::At;

/// How long ago something was, in words; the exact time beneath.
#[component]
pub fn Ago(at: At, zone: Zone) -> impl IntoView {
    view! { <time datetime=datetime(at) title=zone.full(at)>{words::ago(&zone, at)}</time> }
}

/// A day, by the calendar.
#[component]
pub fn Day(at: At, zone: Zone) -> impl IntoView {
    view! { <time datetime=datetime(at) title=zone.full(at)>{zone.date(at)}</time> }
}

/// A day and a time of it, as on the wall.
#[component]
pub fn Moment(at: At, zone: Zone) -> impl IntoView {
    let words = format!("{}, {}{}", zone.date(at), zone.time(at), zone.mark());
    view! { <time datetime=datetime(at) title=zone.full(at)>{words}</time> }
}
