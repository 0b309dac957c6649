use super::chart::{Days, Parts};
use super::frame::Frame;
use crate::ssr::{Sockets, administrator, env, page::page};
use domain::administration::statistics;
use domain::ports::Statistics;
use leptos::prelude::*;

/// `/administration/statistics`: how much there is, and how much is written.
#[component]
pub fn Statistics() -> impl IntoView {
    page(async {
        let by = administrator().await?;
        let statistics = statistics::read(&env(), &by).await?;
        let Statistics { people, disabled, bots, groups, direct_rooms, .. } = statistics;
        let sockets = use_context::<Sockets>().map_or(0, |sockets| sockets.count());
        let people = vec![("People", people), ("Disabled", disabled), ("Bots", bots)];
        let rooms = vec![("For several", groups), ("Between two", direct_rooms)];
        Ok(view! {
            <Frame title="Statistics" path="/administration/statistics" done=None>
                <section class="card">
                    <h2 class="card__title">"Now"</h2>
                    <dl class="figures">
                        <div><dt>"Messages"</dt><dd>{grouped(statistics.messages)}</dd></div>
                        <div><dt>"Open sockets"</dt><dd>{grouped(sockets as u64)}</dd></div>
                        <div><dt>"Database"</dt><dd>{size(statistics.bytes)}</dd></div>
                    </dl>
                    <p class="card__note">"A socket is a page of rooms that is open, or a program that listens. They are counted on this node alone."</p>
                </section>
                <Days days=statistics.days/>
                <Parts title="Accounts" parts=people/>
                <Parts title="Rooms" parts=rooms/>
            </Frame>
        })
    })
}

/// `1 234 567`, with narrow spaces that do not break.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join("\u{202f}")
}

/// `734 kB`, `1.2 MB`
fn size(bytes: u64) -> String {
    let unit = |scale: u64, name: &str| {
        let tenths = bytes.saturating_mul(10) / scale;
        match tenths {
            0..100 => format!("{}.{} {name}", tenths / 10, tenths % 10),
            _ => format!("{} {name}", grouped(tenths / 10)),
        }
    };
    match bytes {
        0..1_000_000 => unit(1_000, "kB"),
        1_000_000..1_000_000_000 => unit(1_000_000, "MB"),
        _ => unit(1_000_000_000, "GB"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_sizes_are_easy_to_read() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1\u{202f}000", "1\u{202f}234\u{202f}567"]);
        let sizes = [0, 734_003, 1_240_000, 99_900_000, 12_345_000_000_000].map(size);
        assert_eq!(sizes, ["0.0 kB", "734 kB", "1.2 MB", "99 MB", "12\u{202f}345 GB"]);
    }
}
