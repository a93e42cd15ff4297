x = *a,
y = *a
