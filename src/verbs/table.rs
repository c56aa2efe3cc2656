//! Columns of text, as wide as their widest cell.

/// Rows of cells under their heads, two spaces in, two between. `right` names columns of figures.
pub fn table(heads: &[&str], right: &[usize], rows: &[Vec<String>]) -> String {
    let cells = |row: &Vec<String>, n: usize| row.get(n).map_or(0, |cell| cell.chars().count());
    let width = |n: usize| rows.iter().map(|row| cells(row, n)).max().unwrap_or(0);
    let widths: Vec<usize> = (heads.iter().enumerate())
        .map(|(n, head)| head.chars().count().max(width(n)))
        .collect();
    let line = |row: &[String]| {
        let mut out = String::new();
        for (n, cell) in row.iter().enumerate() {
            let pad = " ".repeat(widths[n].saturating_sub(cell.chars().count()));
            out += "  ";
            out += &if right.contains(&n) {
                format!("{pad}{cell}")
            } else {
                format!("{cell}{pad}")
            };
        }
        out.trim_end().to_string() + "\n"
    };
    let heads: Vec<String> = heads.iter().map(|head| head.to_string()).collect();
    rows.iter().fold(line(&heads), |out, row| out + &line(row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_their_heads() {
        let rows = [
            vec!["hall".into(), "9".into()],
            vec!["front-gate".into(), "2,048".into()],
        ];
        let want = "  camera      kbit/s\n  hall             9\n  front-gate   2,048\n";
        assert_eq!(table(&["camera", "kbit/s"], &[1], &rows), want);
    }
}
