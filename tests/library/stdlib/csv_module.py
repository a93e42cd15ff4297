import csv
import io

rows = [["a", 1, 2.5, None], ['q"uote', "x,y", "line\nbreak", ""], ["", "", "", ""], [" lead", "trail ", "tab\t", "é"]]
for kw in ({}, {"delimiter": ";"}, {"quoting": csv.QUOTE_ALL}, {"quoting": csv.QUOTE_NONNUMERIC}, {"quoting": csv.QUOTE_STRINGS}, {"quoting": csv.QUOTE_NOTNULL}, {"quoting": csv.QUOTE_NONE, "escapechar": "\\"}, {"doublequote": False, "escapechar": "\\"}, {"dialect": "excel-tab"}, {"dialect": "unix"}, {"lineterminator": "|"}):
    f = io.StringIO()
    try:
        csv.writer(f, **kw).writerows(rows)
    except csv.Error as e:
        print("Error:", e)
    print(repr(f.getvalue()))
for text, kw in [('a,b\r\n"c,""d""",e\r\n', {}), ("a;b\n", {"delimiter": ";"}), ("a, b", {"skipinitialspace": True}), ('"multi\nline",x\n', {}), ("1,2.5,'x'\n", {"quoting": csv.QUOTE_NONNUMERIC, "quotechar": "'"}), ("a\\,b,c\n", {"escapechar": "\\"}), ("", {}), ("\n\n", {}), ('"open', {}), ('"open', {"strict": True}), ('"a"b,c', {"strict": True}), ('"a"b,c', {}), ("a\rb\n", {})]:
    try:
        print(list(csv.reader(io.StringIO(text, newline=""), **kw)))
    except Exception as e:
        print(type(e).__name__, e)
r = csv.reader(["a,b", "c,d"])
print(next(r), r.line_num, r.dialect.delimiter, r.dialect.quoting, list(r), r.line_num)
d = csv.DictReader(["x,y", "1,2", "3", "4,5,6"], restkey="rest", restval="-")
print(d.fieldnames, list(d))
f = io.StringIO()
w = csv.DictWriter(f, ["a", "b"], extrasaction="ignore")
w.writeheader()
w.writerow({"a": 1, "b": 2, "c": 3})
print(repr(f.getvalue()), sorted(csv.list_dialects()))
csv.register_dialect("mine", delimiter="|", quoting=csv.QUOTE_ALL)
print(csv.get_dialect("mine").delimiter, list(csv.reader(["a|b"], "mine")))
csv.unregister_dialect("mine")
for f in (lambda: csv.get_dialect("mine"), lambda: csv.reader(["a"], delimiter="ab"), lambda: csv.reader(["a"], delimiter=""), lambda: csv.reader(["a"], quotechar=None, quoting=csv.QUOTE_ALL), lambda: csv.writer(3), lambda: csv.reader(["a"], foo=1), lambda: next(csv.reader([b"a"])), lambda: csv.writer(io.StringIO()).writerow(3), lambda: csv.reader(["a"], quoting=9), lambda: csv.reader(["a"], lineterminator=3), lambda: csv.reader(["a"], delimiter="\n"), lambda: csv.reader(["a"], delimiter='"'), lambda: csv.field_size_limit("a")):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
print(csv.field_size_limit(5), csv.field_size_limit())
try:
    print(list(csv.reader(["abcdefgh"])))
except csv.Error as e:
    print(e)
