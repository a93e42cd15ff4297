//! Owns: the known word that an unknown one most likely stands for.
//! Never: knows what the words name.

/// The word of a list that a misspelt one most likely stands for.
pub fn near<'a>(word: &str, list: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let with_distance = list.map(|known| (distance(word, known), known));
    with_distance.min().filter(|(distance, known)| *distance <= known.len().div_ceil(3)).map(|(_, known)| known)
}

/// Levenshtein's.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (y, above) in b.chars().zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(x != y)).min(above + 1).min(left + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}
