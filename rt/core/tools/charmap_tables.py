"""Writes src/text/codec/charmap_tables.rs from the running CPython's single-byte encodings.

Run:  python3.13 rt/core/tools/charmap_tables.py > rt/core/src/text/codec/charmap_tables.rs
"""
import codecs
import encodings.aliases

NAMES = (
    "cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp437 cp850 cp852 cp866 cp858 koi8_r koi8_u mac_roman "
    "iso8859_2 iso8859_3 iso8859_4 iso8859_5 iso8859_6 iso8859_7 iso8859_8 iso8859_9 iso8859_10 iso8859_13 iso8859_14 "
    "iso8859_15 iso8859_16"
).split()

print("//! Owns: the upper halves of single-byte encodings. Never edited by hand: tools/charmap_tables.py writes it.\n")
print("use super::charmap::Charmap;\n")
print("pub static TABLES: &[Charmap] = &[")
for name in NAMES:
    shown = codecs.lookup(name).name
    aliases = {a.replace("_", "-") for a, target in encodings.aliases.aliases.items() if target == name}
    aliases.add(name.replace("_", "-"))
    aliases.discard(shown)
    upper = ""
    for byte in range(128, 256):
        try:
            upper += bytes([byte]).decode(name)
        except UnicodeDecodeError:
            upper += "\ufffe"
    text = "".join(c if c.isprintable() else "\\u{%x}" % ord(c) for c in upper)
    listed = ", ".join('"%s"' % a for a in sorted(aliases))
    print(f'    Charmap {{ name: "{shown}", aliases: &[{listed}], upper: "{text}" }},')
print("];")
