//! Owns: putting statements that prettyplease broke over several lines on one line again, up to a width.
//! Never: changes a token but the trailing commas of broken lists.

/// rustfmt's `max_width` of this project's generated files.
const WIDTH: usize = 140;

/// The text with short statements, `let else` and one-line branches joined.
pub(super) fn join(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let first = pass(&lines, &[broken]);
    let lines: Vec<&str> = first.iter().map(String::as_str).collect();
    let second = pass(&lines, &[let_else, branches, condition, arguments]);
    let mut out = second.join("\n");
    out.push('\n');
    out
}

type Rule = fn(&[&str]) -> Option<(String, usize)>;

/// Replaces what a rule recognises at each line by one line.
fn pass(lines: &[&str], rules: &[Rule]) -> Vec<String> {
    let mut out = vec![];
    let mut at = 0;
    while let Some(rest) = lines.get(at..).filter(|r| !r.is_empty()) {
        match rules.iter().find_map(|rule| rule(rest)) {
            Some((line, taken)) => {
                out.push(line);
                at += taken;
            }
            None => {
                out.push(rest.first().copied().unwrap_or("").to_string());
                at += 1;
            }
        }
    }
    out
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn fits(line: &str) -> bool {
    line.chars().count() <= WIDTH
}

/// How many `(`, `[` a line opens more than it closes; `None` when it opens or closes a block.
fn depth(line: &str) -> Option<i32> {
    let mut depth = 0;
    let mut chars = line.chars().peekable();
    let mut braces = 0;
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                while let Some(c) = chars.next() {
                    match c {
                        '\\' => {
                            chars.next();
                        }
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '{' => braces += 1,
            '}' => braces -= 1,
            _ => {}
        }
    }
    if braces == 0 { Some(depth) } else { None }
}

/// A call or method chain over several lines.
fn broken(lines: &[&str]) -> Option<(String, usize)> {
    let first = lines.first()?;
    if first.trim_start().starts_with("//") || first.trim().is_empty() {
        return None;
    }
    let mut open = depth(first)?;
    let mut text = (*first).to_string();
    let mut taken = 1;
    loop {
        let next = lines.get(taken).map(|l| l.trim());
        let chained = next.is_some_and(|n| n.starts_with('.'));
        let block = open == 0 && taken > 1 && next == Some("{");
        if block {
            text.push_str(" {");
            return fits(&text).then_some((text, taken + 1));
        }
        if open <= 0 && !chained {
            break;
        }
        let next = next?;
        let d = match (depth(next), next.ends_with('{')) {
            (Some(d), _) => d,
            (None, true) if open == 0 => {
                // The last piece of a condition: `.at(L8)? {`.
                push(&mut text, next);
                return fits(&text).then_some((text, taken + 1));
            }
            (None, _) => return None,
        };
        push(&mut text, next);
        open += d;
        taken += 1;
        if text.len() > WIDTH * 2 {
            return None;
        }
    }
    (taken > 1 && open == 0 && fits(&text)).then_some((text, taken))
}

/// Appends a continuation line.
fn push(text: &mut String, next: &str) {
    let closes = next.starts_with([')', ']', '.', '?']);
    if closes && (next.starts_with([')', ']'])) && text.ends_with(',') {
        text.pop();
    }
    if !(closes || text.ends_with(['(', '['])) {
        text.push(' ');
    }
    text.push_str(next);
}

/// `let … else {`, a jump, `};`
fn let_else(lines: &[&str]) -> Option<(String, usize)> {
    let [first, jump, end, ..] = lines else { return None };
    if !first.ends_with(" else {") || !first.trim_start().starts_with("let ") || end.trim() != "};" {
        return None;
    }
    let text = format!("{first} {} }};", jump.trim().strip_suffix(';')?);
    fits(&text).then_some((text, 3))
}

/// `if c {`, a value, `} else {`, a value, `}` in one line.
fn branches(lines: &[&str]) -> Option<(String, usize)> {
    let [first, then, middle, orelse, end, ..] = lines else { return None };
    if !first.ends_with('{') || middle.trim() != "} else {" || indent(middle) != indent(first) || indent(end) != indent(first) {
        return None;
    }
    let value = |l: &str| !l.ends_with([';', '{', '}']) && !l.trim().is_empty() && !l.trim().starts_with("//");
    if !value(then) || !value(orelse) || !matches!(end.trim(), "}" | "};") {
        return None;
    }
    let text = format!("{first} {} }} else {{ {} {}", then.trim(), orelse.trim(), end.trim());
    fits(&text).then_some((text, 5))
}

/// `if c {`, a jump, `}` in one line.
fn condition(lines: &[&str]) -> Option<(String, usize)> {
    let [first, jump, end, ..] = lines else { return None };
    let word = jump.trim();
    let jumps = ["break", "continue"].iter().any(|w| word.strip_prefix(w).is_some_and(|r| r.starts_with([';', ' '])));
    if !first.trim_start().starts_with("if ") || !first.ends_with('{') || !jumps || end.trim() != "}" || indent(end) != indent(first) {
        return None;
    }
    let text = format!("{first} {} }}", word.strip_suffix(';')?);
    fits(&text).then_some((text, 3))
}

/// The arguments of a call on one line of their own, what follows the call behind its `)`.
fn arguments(lines: &[&str]) -> Option<(String, usize)> {
    let first = lines.first()?;
    if !first.ends_with(['(', '[']) || first.trim_start().starts_with("//") {
        return None;
    }
    let inner = lines.get(1).map(|l| indent(l))?;
    let mut items = String::new();
    let mut taken = 1;
    loop {
        let line = lines.get(taken)?;
        let text = line.trim();
        if text.starts_with([')', ']']) {
            break;
        }
        if indent(line) != inner || depth(text) != Some(0) || !text.ends_with(',') || text.starts_with("//") {
            return None;
        }
        if !items.is_empty() {
            items.push(' ');
        }
        items.push_str(text);
        taken += 1;
    }
    if taken < 3 || items.chars().count() + indent(first) + 4 > WIDTH {
        return None;
    }
    let mut end = lines.get(taken)?.trim().to_string();
    taken += 1;
    while depth(&end) == Some(-1) || end.chars().filter(|c| *c == ')').count() == 1 {
        match lines.get(taken).map(|l| l.trim()) {
            Some(more) if more.starts_with('.') && depth(more) == Some(0) => {
                end.push_str(more);
                taken += 1;
            }
            _ => break,
        }
    }
    let pad = " ".repeat(indent(first));
    Some((format!("{first}\n{pad}    {items}\n{pad}{end}"), taken))
}
