x = 1
(x.__debug__): int
