/// One page of a list, and whether there is another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageOf<T> {
    pub entries: Vec<T>,
    goes_on: bool,
}

impl<T> PageOf<T> {
    /// The page of `size` entries that begins what was found; one more was asked for, to see whether the list goes on.
    pub(crate) fn of(mut found: Vec<T>, size: u32) -> Self {
        let goes_on = found.len() > size as usize;
        found.truncate(size as usize);
        Self { entries: found, goes_on }
    }

    /// The last entry, after which the next page begins; `None` when there is no next page.
    pub fn goes_on_after(&self) -> Option<&T> {
        self.entries.last().filter(|_| self.goes_on)
    }
}

impl<T> Default for PageOf<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), goes_on: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_page_goes_on_only_where_there_is_more() {
        let page = |found: u32| PageOf::of((1..=found).collect(), 3);
        for (found, entries, after) in
            [(0, &[][..], None), (2, &[1, 2], None), (3, &[1, 2, 3], None), (4, &[1, 2, 3], Some(3))]
        {
            let page = page(found);
            assert_eq!((page.entries.as_slice(), page.goes_on_after().copied()), (entries, after), "{found}");
        }
    }
}
