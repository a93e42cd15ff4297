import resource

print([(n, getattr(resource, n)) for n in dir(resource) if n.isupper()])
print(resource.error is OSError, resource.getpagesize() > 0)
used = resource.getrusage(resource.RUSAGE_SELF)
print(type(used), len(used), used.ru_maxrss > 0, used.ru_utime >= 0.0, used[2] == used.ru_maxrss)
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0], resource.prlimit(0, resource.RLIMIT_NOFILE) == (100, hard))
print(resource.prlimit(0, resource.RLIMIT_NOFILE, [90, hard])[0], resource.getrlimit(resource.RLIMIT_NOFILE)[0])
resource.setrlimit(resource.RLIMIT_CORE, (0, -1 if resource.getrlimit(resource.RLIMIT_CORE)[1] == -1 else 0))
calls = [
    lambda: resource.getrusage(99),
    lambda: resource.getrusage("a"),
    lambda: resource.getrlimit(99),
    lambda: resource.getrlimit(-1),
    lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (10, 5)),
    lambda: resource.setrlimit(resource.RLIMIT_NOFILE, 5),
    lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (1, 2, 3)),
    lambda: resource.setrlimit(resource.RLIMIT_NOFILE, ("a", 2)),
    lambda: resource.setrlimit(resource.RLIMIT_NOFILE, [1, 2.5]),
    lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (10**30, 10**30)),
    lambda: resource.prlimit(-5, resource.RLIMIT_NOFILE),
    lambda: resource.prlimit(0, resource.RLIMIT_NOFILE, (5, 4)),
    lambda: used.ru_else,
]
for call in calls:
    try:
        print(call())
    except (ValueError, TypeError, OverflowError, OSError, AttributeError) as e:
        print(type(e).__name__, e)
