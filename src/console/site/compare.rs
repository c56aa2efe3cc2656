//! Two texts, line by line: what came, what went, with a little of what stands around it.

/// Lines shown before and after a change.
const AROUND: usize = 2;
/// Beyond so many comparisons the changed part is shown as gone and come whole.
const CELLS_MAX: usize = 4_000_000;

/// A line of either text, or the gap between two changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// `+` new, `-` gone, ` ` the same in both, `.` lines that are left out.
    pub sign: char,
    /// Of the new text; of the old one where it is gone. From 1.
    pub number: usize,
    pub text: String,
}

/// Empty: the two are the same.
pub fn compare(old: &str, new: &str) -> Vec<Row> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let ends = old[head..].iter().rev().zip(new[head..].iter().rev());
    let tail = ends.take_while(|(a, b)| a == b).count();
    let (a, b) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    if a.is_empty() && b.is_empty() {
        return Vec::new();
    }
    let mut all: Vec<Row> = Vec::new();
    let row = |sign, number, text: &str| Row { sign, number, text: text.into() };
    all.extend(new[..head].iter().enumerate().map(|(n, l)| row(' ', n + 1, l)));
    for (sign, i, j) in script(a, b) {
        all.push(match sign {
            '-' => row('-', head + i + 1, a[i]),
            sign => row(sign, head + j + 1, b[j]),
        });
    }
    let from = new.len() - tail;
    all.extend(new[from..].iter().enumerate().map(|(n, l)| row(' ', from + n + 1, l)));
    shortened(all)
}

/// Signs with the line of each side, in order.
fn script(a: &[&str], b: &[&str]) -> Vec<(char, usize, usize)> {
    if a.len().saturating_mul(b.len()) > CELLS_MAX {
        let gone = (0..a.len()).map(|i| ('-', i, 0));
        return gone.chain((0..b.len()).map(|j| ('+', 0, j))).collect();
    }
    // Longest common part from each pair of places on, last ones first.
    let width = b.len() + 1;
    let mut best = vec![0u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            best[i * width + j] = match a[i] == b[j] {
                true => best[(i + 1) * width + j + 1] + 1,
                false => best[(i + 1) * width + j].max(best[i * width + j + 1]),
            };
        }
    }
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            out.push((' ', i, j));
            (i, j) = (i + 1, j + 1);
        } else if j >= b.len()
            || (i < a.len() && best[(i + 1) * width + j] >= best[i * width + j + 1])
        {
            out.push(('-', i, j));
            i += 1;
        } else {
            out.push(('+', i, j));
            j += 1;
        }
    }
    out
}

/// What is far from any change is left out.
fn shortened(all: Vec<Row>) -> Vec<Row> {
    let mut near = vec![false; all.len()];
    for (n, row) in all.iter().enumerate().filter(|(_, row)| row.sign != ' ') {
        debug_assert!(row.sign != '.');
        let span = n.saturating_sub(AROUND)..(n + AROUND + 1).min(all.len());
        near[span].iter_mut().for_each(|near| *near = true);
    }
    let mut out: Vec<Row> = Vec::new();
    for (row, near) in all.into_iter().zip(near) {
        if near {
            out.push(row);
        } else if out.last().is_some_and(|last| last.sign != '.') {
            out.push(Row { sign: '.', number: row.number, text: String::new() });
        }
    }
    if out.last().is_some_and(|last| last.sign == '.') {
        out.pop();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &str, new: &str) -> String {
        let rows = compare(&old.replace(' ', "\n"), &new.replace(' ', "\n"));
        rows.iter().map(|r| format!("{}{}{} ", r.sign, r.number, r.text)).collect()
    }

    #[test]
    fn what_came_and_went_with_what_stands_around() {
        for (old, new, want) in [
            ("a b c", "a b c", ""),
            ("a b c", "a x c", " 1a -2b +2x  3c "),
            ("a b", "a b c", " 1a  2b +3c "),
            ("", "a", "+1a "),
            ("a b c d e f g h i", "x b c d e f g h y", "-1a +1x  2b  3c .4  7g  8h -9i +9y "),
            ("a b c d", "b c d a", "-1a  1b  2c  3d +4a "),
        ] {
            assert_eq!(shown(old, new), want, "{old} / {new}");
        }
    }

    #[test]
    fn a_whole_other_text_is_gone_and_come() {
        let old: String = (0..3_000).map(|n| format!("a{n}\n")).collect();
        let new: String = (0..3_000).map(|n| format!("b{n}\n")).collect();
        assert_eq!(compare(&old, &new).len(), 6_000);
    }
}
