//! Which messages a page holds.

use protocol::Page;

/// The first and the last number of a page: numbers have no holes, so the key set is known without looking.
pub fn bounds(page: Page, limit: i64, last: i64) -> (i64, i64) {
    let (from, to) = match page {
        Page::Newest => (last - limit + 1, last),
        Page::Before(no) => {
            let to = last.min(no.get() - 1);
            (to - limit + 1, to)
        }
        Page::After(no) => (no.get() + 1, no.get() + limit),
        Page::Around(no) => {
            let aside = (limit - 1) / 2;
            (no.get() - aside, no.get() + aside)
        }
    };
    (from.max(1), to.min(last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::No;

    #[test]
    fn pages_end_where_the_room_ends() {
        let no = |n: i64| No::try_from(n).unwrap();
        assert_eq!(bounds(Page::Newest, 3, 10), (8, 10));
        assert_eq!(bounds(Page::Newest, 30, 10), (1, 10));
        assert_eq!(bounds(Page::Newest, 3, 0), (1, 0));
        assert_eq!(bounds(Page::Before(no(8)), 3, 10), (5, 7));
        assert_eq!(bounds(Page::Before(no(99)), 3, 10), (8, 10));
        assert_eq!(bounds(Page::After(no(8)), 3, 10), (9, 10));
        assert_eq!(bounds(Page::Around(no(5)), 5, 10), (3, 7));
        assert_eq!(bounds(Page::Around(no(10)), 5, 10), (8, 10));
    }
}
