//! The rows of the open room as they are kept in the page: each in a signal of its own, which changes when the row does.

use super::rows::{Key, Row, RowState};
use leptos::prelude::*;
use protocol::{No, RoomId};

/// A run of rows. Each page of older messages is a block above the others: leptos' keyed lists move what stands behind
/// several new elements, and not what stands behind a single one (tachys 0.2.19, `diff`).
#[derive(Clone)]
pub struct Block {
    room: RoomId,
    /// The oldest message that it began with.
    first: No,
    lines: Vec<Line>,
}

/// A row of the log, as long as it is there.
#[derive(Clone)]
pub struct Line {
    pub key: Key,
    pub row: ArcRwSignal<Row>,
}

impl Block {
    pub fn key(&self) -> (RoomId, No) {
        (self.room, self.first)
    }

    /// The rows of the block with that key.
    pub fn lines(blocks: &[Self], key: (RoomId, No)) -> Vec<Line> {
        blocks.iter().find(|block| block.key() == key).map(|block| block.lines.clone()).unwrap_or_default()
    }
}

/// Blocks are the same while they hold the same rows, whatever those say.
impl PartialEq for Block {
    fn eq(&self, other: &Self) -> bool {
        let keys = |block: &Self| block.lines.iter().map(|line| line.key).collect::<Vec<_>>();
        self.key() == other.key() && keys(self) == keys(other)
    }
}

/// Puts rows in the place of those before them. What stays keeps its block and its signal.
pub fn blocks(before: Vec<Block>, room: RoomId, rows: Vec<Row>) -> Vec<Block> {
    let before: Vec<_> = before.into_iter().filter(|block| block.room == room).collect();
    let mut starts: Vec<No> = before.iter().map(|block| block.first).collect();
    let oldest = rows.iter().find_map(Row::no).unwrap_or(No::ZERO);
    if starts.first().is_none_or(|first| oldest < *first) {
        starts.insert(0, oldest);
    }
    let mut blocks: Vec<Block> = starts.iter().map(|&first| Block { room, first, lines: Vec::new() }).collect();
    let mut known = Known { lines: before.into_iter().flat_map(|block| block.lines).collect(), next: 0 };
    // A divider belongs to the message below it.
    let mut above = Vec::new();
    for row in rows {
        let place = match &row {
            Row::Message(message) => Some(match message.state {
                RowState::Stored(no) => starts.partition_point(|first| *first <= no).saturating_sub(1),
                _ => starts.len() - 1,
            }),
            _ => None,
        };
        above.push(known.line(row));
        if let Some(block) = place.and_then(|place| blocks.get_mut(place)) {
            block.lines.append(&mut above);
        }
    }
    blocks.retain(|block| !block.lines.is_empty());
    blocks
}

/// The rows that were there before, searched in order.
struct Known {
    lines: Vec<Line>,
    next: usize,
}

impl Known {
    /// The place of a row, which says now what the row does.
    fn line(&mut self, row: Row) -> Line {
        let key = row.key();
        let is_it = |line: &Line| line.key == key;
        let ahead = self.lines.iter().skip(self.next).position(is_it).map(|at| at + self.next);
        let Some(at) = ahead.or_else(|| self.lines.iter().position(is_it)) else {
            return Line { key, row: ArcRwSignal::new(row) };
        };
        self.next = at + 1;
        let line = self.lines[at].clone();
        if line.row.with_untracked(|known| *known != row) {
            line.row.set(row);
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::MessageRow;
    use super::*;
    use protocol::{At, ClientId, UserId};
    use uuid::Uuid;

    fn no(no: i64) -> No {
        No::try_from(no).unwrap()
    }

    fn room() -> RoomId {
        RoomId::try_from(3).unwrap()
    }

    fn row(id: i64, state: RowState, text: &str) -> Row {
        Row::Message(MessageRow {
            author: UserId::try_from(1).unwrap(),
            client_id: ClientId(Uuid::from_u128(id as u128)),
            name: "Ines".into(),
            username: "ines".into(),
            has_double: false,
            is_bot: false,
            text: text.into(),
            at: At::try_from(0).unwrap(),
            time: String::new(),
            full: String::new(),
            is_grouped: false,
            is_arrival: false,
            state,
        })
    }

    fn stored(range: std::ops::RangeInclusive<i64>) -> Vec<Row> {
        range.map(|id| row(id, RowState::Stored(no(id)), "hello")).collect()
    }

    /// How many rows each block holds.
    fn sizes(blocks: &[Block]) -> Vec<usize> {
        blocks.iter().map(|block| block.lines.len()).collect()
    }

    #[test]
    fn a_page_of_older_messages_is_a_block_above_and_newer_ones_join_the_last() {
        let today = || Row::Day { ordinal: 1, label: "Today".into() };
        let first = blocks(Vec::new(), room(), [vec![today()], stored(51..=60)].concat());
        assert_eq!(sizes(&first), [11]);
        let second = blocks(first.clone(), room(), [vec![today()], stored(11..=60)].concat());
        assert_eq!(sizes(&second), [41, 10]);
        assert!(second[1].key() == first[0].key(), "what was there stays where it was");
        let sending = row(62, RowState::Sending, "on its way");
        let third = blocks(second, room(), [stored(11..=61), vec![sending]].concat());
        assert_eq!(sizes(&third), [40, 12]);
        let kept = blocks(third, room(), stored(55..=61));
        assert_eq!(sizes(&kept), [7], "forgotten messages leave no block");
        assert!(blocks(kept, RoomId::try_from(4).unwrap(), stored(1..=2))[0].key().1 == no(1));
    }

    #[test]
    fn only_the_rows_that_say_something_else_are_woken() {
        let owner = Owner::new();
        owner.set();
        let before = blocks(Vec::new(), room(), stored(1..=200));
        let runs = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let readers: Vec<_> = (before[0].lines.iter())
            .map(|line| {
                let (row, runs) = (line.row.clone(), runs.clone());
                Memo::new(move |_| {
                    runs.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    row.get()
                })
            })
            .collect();
        let wakes = |before: Vec<Block>, rows| {
            readers.iter().for_each(|reader| _ = reader.get());
            runs.store(0, std::sync::atomic::Ordering::Relaxed);
            let after = blocks(before, room(), rows);
            readers.iter().for_each(|reader| _ = reader.get());
            (after, runs.load(std::sync::atomic::Ordering::Relaxed))
        };
        let (after, woken) = wakes(before, stored(1..=201));
        assert_eq!((woken, sizes(&after)), (0, vec![201]));
        let mut rows = stored(1..=201);
        rows[7] = row(8, RowState::Stored(no(8)), "another text");
        assert_eq!(wakes(after, rows).1, 1);
    }
}
