"""A page \d of text
\e"""
x = 7
print("\d" "\q", "\.", b"\d \u1234 \N", r"\d", rb"\d", "\\d \n \x41 \101 \u0041 \N{EM DASH}")
print(("[a\-z]\w+\s*"))   
print("\477 \8", b"\400", "é\d", "\é")
print(f"\d{x}\q", f"\{x}\}}", f"a{{\d}}\q{'\z'}", rf"\d{x}\{x}", f"{'\y' + f'\w{x}\v'} \p")
print(f"""
a {x}
\d""", """
\t
\s
""")
print("a" f"\d" "\e", f"\N{EM DASH}\d{{}}", f"{x:{'1\k'[:1]}}", f"{x!r}\
\m")
