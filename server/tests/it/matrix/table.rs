use std::fmt;

/// A Markdown table: what is tried, and what becomes of it for each of the people.
pub struct Table {
    pub people: Vec<String>,
    pub rows: Vec<(String, Vec<String>)>,
}

impl Table {
    /// The tables of a page, in order.
    pub fn all(text: &str) -> Vec<Self> {
        let lines: Vec<_> = text.lines().collect();
        let blocks = lines.split(|line| !line.starts_with('|')).filter(|block| !block.is_empty());
        blocks.map(|block| Self::read(&block.join("\n"))).collect()
    }

    fn read(text: &str) -> Self {
        let cells = |line: &str| {
            let line = line.strip_prefix('|')?.strip_suffix('|')?;
            let cells = line.split('|').map(|cell| cell.trim().trim_matches('`').to_owned());
            Some(cells.collect::<Vec<_>>())
        };
        let mut lines = text.lines().filter_map(cells);
        let people = lines.next().expect("matrix.md has a table").split_off(1);
        let is_rule = |cells: &Vec<String>| cells.iter().all(|cell| cell.chars().all(|c| c == '-'));
        let rows = lines.filter(|cells| !is_rule(cells)).map(|mut cells| {
            let name = cells.remove(0);
            assert_eq!(cells.len(), people.len(), "the row {name} has a cell for everybody");
            (name, cells)
        });
        Self { rows: rows.collect(), people }
    }

    /// Where the other table says something else.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let rows = self.rows.iter().zip(&other.rows);
        let cells = rows.flat_map(|((name, here), (_, there))| {
            let cells = self.people.iter().zip(here.iter().zip(there));
            cells.map(move |(who, (here, there))| (who, name, here, there))
        });
        cells
            .filter(|(_, _, here, there)| here != there)
            .map(|(who, name, here, there)| format!("{who}, {name}: {here} in the matrix, {there} in truth"))
            .collect()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ("who may".to_owned(), self.people.clone());
        let rule = (String::new(), vec![String::new(); self.people.len()]);
        let lines: Vec<_> = [&head, &rule].into_iter().chain(&self.rows).collect();
        let longest = |cells: &mut dyn Iterator<Item = &String>| cells.map(|cell| cell.chars().count()).max();
        let first = longest(&mut lines.iter().map(|(name, _)| name)).unwrap_or(0) + 2;
        let widths: Vec<_> = (0..self.people.len())
            .map(|at| longest(&mut lines.iter().map(|(_, cells)| &cells[at])).unwrap_or(0))
            .collect();
        for (at, (name, cells)) in lines.into_iter().enumerate() {
            let (fill, name) = match at {
                0 => (' ', name.clone()),
                1 => ('-', "-".repeat(first)),
                _ => (' ', format!("`{name}`")),
            };
            write!(f, "| {name:first$} |")?;
            for (cell, width) in cells.iter().zip(&widths) {
                let cell = if fill == '-' { "-".repeat(*width) } else { format!("{cell:width$}") };
                write!(f, " {cell} |")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

#[test]
fn a_cell_that_has_changed_is_named() {
    let table =
        |cell: &str| Table::read(&format!("| who | ines | jona |\n|---|---|---|\n| `GET /a` | 200 | {cell} |\n"));
    assert_eq!(table("404").differences(&table("404")), [""; 0]);
    assert_eq!(table("404").differences(&table("200")), ["jona, GET /a: 404 in the matrix, 200 in truth"]);
    assert_eq!(Table::read(&table("404").to_string()).rows, table("404").rows);
}

#[test]
fn a_page_may_have_several_tables() {
    let page = "Words.\n\n| who | ines |\n|---|---|\n| `GET /a` | 200 |\n\nMore.\n\n| who | jona |\n|---|---|\n| `GET /b` | 404 |\n";
    let people: Vec<_> = Table::all(page).into_iter().map(|table| table.people).collect();
    assert_eq!(people, [["ines"], ["jona"]]);
}
