x
nonlocal x
