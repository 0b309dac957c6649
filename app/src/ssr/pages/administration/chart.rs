//! Charts as inline SVG, beside the same numbers as a table.

use super::statistics::grouped;
use crate::workspace::Zone;
use domain::administration::statistics::begin_of;
use leptos::prelude::*;
use protocol::At;

/// The height of the chart of days, and the width of a day in it, in units of its own.
const HEIGHT: u64 = 100;
const DAY: usize = 10;

/// Messages a day, as columns.
#[component]
pub fn Days(
    /// By the day's number since 1970.
    days: Vec<(i64, u64)>,
) -> impl IntoView {
    let most = days.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let about = told(&days, most);
    let bars = columns(&days, most).map(|(at, height)| {
        view! { <rect class="chart__0" x=at * DAY + 1 y=HEIGHT - height width=DAY - 2 height=height></rect> }
    });
    let bars = bars.collect_view();
    let rows = days.iter().rev().map(|(day, count)| (name(*day), *count)).collect::<Vec<_>>();
    let ends = [days.first(), days.last()].map(|day| day.map(|(day, _)| name(*day)));
    let [first, last] = ends;
    view! {
        <section class="card">
            <h2 class="card__title">"Messages a day"</h2>
            <div>
                <svg class="chart" viewBox=format!("0 0 {} {HEIGHT}", days.len() * DAY) preserveAspectRatio="none" role="img" aria-labelledby="days-title" aria-describedby="days-about">
                    <title id="days-title">"Messages a day"</title>
                    <desc id="days-about">{about.clone()}</desc>
                    {bars}
                </svg>
                <p class="chart__ends"><span>{first}</span><span>{last}</span></p>
            </div>
            <p class="card__note">{about}" Days are those of UTC; messages of deleted rooms are not counted."</p>
            <Numbers of="Day" rows/>
        </section>
    }
}

/// `1 message in 30 days, at most 1 on one day.`
fn told(days: &[(i64, u64)], most: u64) -> String {
    let messages = match days.iter().map(|(_, count)| *count).sum::<u64>() {
        1 => "1 message".to_owned(),
        sum => format!("{} messages", grouped(sum)),
    };
    format!("{messages} in {} days, at most {} on one day.", days.len(), grouped(most))
}

/// Where columns stand and how high they are: one for each day with a message, however few; none for a day without.
fn columns(days: &[(i64, u64)], most: u64) -> impl Iterator<Item = (usize, u64)> {
    let counts = days.iter().map(|(_, count)| *count).enumerate().filter(|(_, count)| *count > 0);
    counts.map(move |(at, count)| (at, (count * HEIGHT / most).max(1)))
}

/// What a whole consists of, as one bar.
#[component]
pub fn Parts(title: &'static str, parts: Vec<(&'static str, u64)>) -> impl IntoView {
    let sum = parts.iter().map(|(_, count)| *count).sum::<u64>();
    let id = title.to_lowercase();
    let told: Vec<_> = parts.iter().map(|(name, count)| format!("{name}: {}", grouped(*count))).collect();
    let about = format!("{} in all. {}.", grouped(sum), told.join(", "));
    let mut from = 0;
    let bars = parts.iter().enumerate().map(|(at, (_, count))| {
        let (x, width) = (from, *count);
        from += width;
        view! { <rect class=format!("chart__{at}") x=x y="0" width=width height="1"></rect> }
    });
    let bars = bars.collect_view();
    let keys = parts.iter().enumerate().map(|(at, (name, count))| {
        view! {
            <div>
                <dt><svg class="chart__key" viewBox="0 0 1 1" aria-hidden="true"><rect class=format!("chart__{at}") width="1" height="1"></rect></svg>{*name}</dt>
                <dd>{grouped(*count)}</dd>
            </div>
        }
    });
    let keys = keys.collect_view();
    let rows = parts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect::<Vec<_>>();
    view! {
        <section class="card">
            <h2 class="card__title">{title}</h2>
            <svg class="chart chart--bar" viewBox=format!("0 0 {} 1", sum.max(1)) preserveAspectRatio="none" role="img" aria-labelledby=format!("{id}-title") aria-describedby=format!("{id}-about")>
                <title id=format!("{id}-title")>{title}</title>
                <desc id=format!("{id}-about")>{about}</desc>
                {bars}
            </svg>
            <dl class="figures">{keys}</dl>
            <Numbers of="Kind" rows/>
        </section>
    }
}

/// The numbers of a chart, for whoever reads rather than looks.
#[component]
fn Numbers(of: &'static str, rows: Vec<(String, u64)>) -> impl IntoView {
    let rows = rows.into_iter().map(|(name, count)| {
        view! { <tr><th scope="row">{name}</th><td>{grouped(count)}</td></tr> }
    });
    view! {
        <details>
            <summary class="table__toggle">"As a table"</summary>
            <table class="table">
                <thead><tr><th scope="col">{of}</th><th scope="col">"Number"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </details>
    }
}

/// A day by the calendar of UTC.
fn name(day: i64) -> String {
    let zone = |now: At| Zone { name: None, now };
    begin_of(day).map(|at| zone(at).date(at)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{columns, told};

    #[test]
    fn a_day_without_a_message_looks_unlike_one_with_few() {
        let drawn = |days: &[(i64, u64)], most| columns(days, most).collect::<Vec<_>>();
        assert_eq!(drawn(&[(1, 0), (2, 1), (3, 0), (4, 1_000)], 1_000), [(1, 1), (3, 100)]);
        assert_eq!(drawn(&[(1, 0), (2, 0)], 0), []);
    }

    #[test]
    fn one_message_is_told_as_one() {
        assert_eq!(told(&[(1, 0), (2, 1)], 1), "1 message in 2 days, at most 1 on one day.");
        assert_eq!(told(&[(1, 0), (2, 0)], 0), "0 messages in 2 days, at most 0 on one day.");
        let many = "1\u{202f}001 messages in 2 days, at most 1\u{202f}000 on one day.";
        assert_eq!(told(&[(1, 1_000), (2, 1)], 1_000), many);
    }
}
