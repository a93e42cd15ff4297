"""Writes src/unicodedata/tables.rs from the unicodedata of the CPython that runs this (3.13: Unicode 15.1.0)."""
import sys
import unicodedata as u


def rows(items, per_line=14):
    items = list(items)
    for i in range(0, len(items), per_line):
        yield "    " + " ".join(f"{x}," for x in items[i:i + per_line])


def main():
    records, runs, decomps, numerics, digits = [], [], [], [], []
    index = {}
    last = None
    for c in range(sys.maxunicode + 1):
        ch = chr(c)
        rec = (u.category(ch), u.bidirectional(ch), u.combining(ch), u.east_asian_width(ch), u.mirrored(ch))
        if rec not in index:
            index[rec] = len(records)
            records.append(rec)
        if index[rec] != last:
            last = index[rec]
            runs.append((c, last))
        d = u.decomposition(ch)
        if d and not 0xAC00 <= c <= 0xD7A3:
            decomps.append((c, d))
        n = u.numeric(ch, None)
        if n is not None:
            numerics.append((c, n))
        if u.digit(ch, None) is not None and u.decimal(ch, None) is None:
            digits.append((c, u.digit(ch)))
    out = [f'//! Owns: the Unicode {u.unidata_version} tables of `unicodedata`. Never edited by hand: tools/unicodedata_tables.py writes it.', "",
           f'pub const VERSION: &str = "{u.unidata_version}";', "",
           "/// Category, bidirectional class, combining class, east asian width, mirrored.", "#[rustfmt::skip]",
           "pub static RECORDS: &[(&str, &str, u8, &str, bool)] = &["]
    out += rows((f'("{a}", "{b}", {c}, "{d}", {str(bool(e)).lower()})' for a, b, c, d, e in records), 8)
    out += ["];", "/// The first code point of a run and its record.", "#[rustfmt::skip]", "pub static RUNS: &[(u32, u16)] = &["]
    out += rows((f"({a:#x}, {b})" for a, b in runs), 40)
    out += ["];", "/// Decompositions but those of Hangul syllables.", "#[rustfmt::skip]", "pub static DECOMPOSITIONS: &[(u32, &str)] = &["]
    out += rows((f'({a:#x}, "{b}")' for a, b in decomps), 30)
    out += ["];", "#[rustfmt::skip]", "pub static NUMERICS: &[(u32, f64)] = &["]
    out += rows((f"({a:#x}, {b!r})" for a, b in numerics), 30)
    out += ["];", "/// Digits that are no decimals.", "#[rustfmt::skip]", "pub static DIGITS: &[(u32, u8)] = &["]
    out += rows((f"({a:#x}, {b})" for a, b in digits), 30)
    out += ["];", ""]
    print("\n".join(out), end="")


main()
