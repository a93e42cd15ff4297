"""Writes src/text/tables.rs: the Unicode tables that `str` needs, taken from the running CPython.

Run with the CPython whose behaviour the runtime follows:  python3.13 rt/core/tools/unicode_tables.py > rt/core/src/text/tables.rs
"""
import sys
import unicodedata

N = 0x110000
CHARS = [chr(i) for i in range(N)]


def ranges(pred):
    out, start = [], None
    for i in range(N):
        if pred(CHARS[i]):
            if start is None:
                start = i
        elif start is not None:
            out.append((start, i - 1))
            start = None
    if start is not None:
        out.append((start, N - 1))
    return out


def emit_list(name, ty, items, doc):
    print(f"\n/// {doc}")
    print(f"pub static {name}: &[{ty}] = &[")
    line = "   "
    for item in items:
        if len(line) + len(item) + 2 > 200:
            print(line)
            line = "   "
        line += " " + item + ","
    print(line)
    print("];")


def emit_ranges(name, pred, doc):
    emit_list(name, "(u32, u32)", [f"({a:#x}, {b:#x})" for a, b in ranges(pred)], doc)


def emit_map(name, func, doc):
    """Runs (first, last, step, delta) for one-to-one mappings, and a table of the one-to-many ones."""
    simple, special = [], []
    for i in range(N):
        m = func(CHARS[i])
        if m == CHARS[i]:
            continue
        if len(m) == 1:
            simple.append((i, ord(m) - i))
        else:
            special.append((i, m))
    runs = []
    for i, d in simple:
        if runs and runs[-1][3] == d:
            a, b, s, _ = runs[-1]
            gap = i - b
            if gap <= 2 and (s == 0 or s == gap):
                runs[-1] = (a, i, gap, d)
                continue
        runs.append((i, i, 0, d))
    emit_list(name, "(u32, u32, u32, i32)", [f"({a:#x}, {b:#x}, {s or 1}, {d})" for a, b, s, d in runs], doc)
    emit_list(
        name + "_SPECIAL", "(u32, &str)",
        ["(%#x, \"%s\")" % (i, "".join(f"\\u{{{ord(c):x}}}" for c in m)) for i, m in special],
        doc.rstrip(".") + ": one code point to several.",
    )


def casefold_or_same(c):
    return c.casefold()


print('//! Owns: the Unicode %s tables of `str`. Never edited by hand: tools/unicode_tables.py writes it.' % unicodedata.unidata_version)
emit_ranges("ALPHA", str.isalpha, "`str.isalpha`.")
emit_ranges("DECIMAL", str.isdecimal, "`str.isdecimal`.")
emit_ranges("DIGIT", str.isdigit, "`str.isdigit`.")
emit_ranges("NUMERIC", str.isnumeric, "`str.isnumeric`.")
emit_ranges("UNPRINTABLE", lambda c: not c.isprintable(), "What `repr` escapes: not `str.isprintable`.")
emit_ranges("LOWER", str.islower, "`str.islower` of one character.")
emit_ranges("UPPER", str.isupper, "`str.isupper` of one character.")
emit_ranges("TITLE", lambda c: unicodedata.category(c) == "Lt", "Titlecase letters (category Lt).")
emit_ranges("ID_START", lambda c: c.isidentifier(), "May begin an identifier.")
emit_ranges("ID_CONTINUE", lambda c: ("a" + c).isidentifier(), "May continue an identifier.")


def case_ignorable(c):
    # handle_capital_sigma (unicodeobject.c) skips these; without them a capital sigma after A is a final one.
    return ("A" + c + "\u03a3").lower()[-1] == "\u03c2" and (c + "\u03a3").lower()[-1] != "\u03c2"


def cased(c):
    # title() lowers what follows a cased character.
    return (c + "a").title()[-1] == "a"


emit_ranges("CASED", cased, "Cased characters.")
emit_ranges("CASE_IGNORABLE", case_ignorable, "Skipped when looking for a cased neighbour.")
emit_map("TO_UPPER", str.upper, "`str.upper`.")
emit_map("TO_LOWER", str.lower, "`str.lower`.")
emit_map("TO_TITLE", str.title, "`str.title` of a first letter.")
emit_map("FOLD", casefold_or_same, "`str.casefold`.")
