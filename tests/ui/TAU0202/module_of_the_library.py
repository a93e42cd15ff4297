import re

print(re.sub("a", "b", "banana"))
