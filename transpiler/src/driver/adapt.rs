//! Owns: what is changed in the text of installed library modules that stand in for modules written in C.
//! Never: changes the number of lines: tracebacks show the original.
//!
//! CPython offers `_pydatetime` where its C `_datetime` is missing; programs see the C one. Their error texts differ,
//! and some checks of arguments do (Modules/_datetimemodule.c is the source of those below). `timeit` builds its loop
//! from text, which nothing can run here, so callables get a loop that is not text. A row whose text is not found, in
//! another patch release of the library, changes nothing.

/// The module's text as it is compiled.
pub fn adapt(dotted: &str, text: String) -> String {
    let rows: &[(&str, &str)] = match dotted {
        "_pydatetime" => DATETIME,
        "timeit" => TIMEIT,
        _ => return text,
    };
    rows.iter().fold(text, |text, (old, new)| text.replace(old, new))
}

#[rustfmt::skip]
const DATETIME: &[(&str, &str)] = &[
    (
        "from operator import index as _index\n",
        "from operator import index as _index; __name__ = \"datetime\"\n",
    ),
    (
        "raise TypeError(\"tzinfo.tzname() must return None or string, \"\n                        \"not '%s'\" % type(name))",
        "raise TypeError(\"tzinfo.tzname() must return None or a string, \"\n                        \"not '%s'\" % type(name).__name__)",
    ),
    (
        "\"or timedelta, not '%s'\" % (name, type(offset)))",
        "\"or timedelta, not '%s'\" % (name, type(offset).__name__))",
    ),
    (
        "raise ValueError(\"%s()=%s, must be strictly between \"\n                         \"-timedelta(hours=24) and timedelta(hours=24)\" %\n                         (name, offset))",
        "raise ValueError(\"offset must be a timedelta strictly between \"\n                         \"-timedelta(hours=24) and timedelta(hours=24).\"\n                         )",
    ),
    (
        "raise ValueError('year must be in %d..%d' % (MINYEAR, MAXYEAR), year)",
        "raise ValueError('year %d is out of range' % year)",
    ),
    (
        "raise ValueError('month must be in 1..12', month)",
        "raise ValueError('month must be in 1..12')",
    ),
    (
        "raise ValueError('day must be in 1..%d' % dim, day)",
        "raise ValueError('day is out of range for month')",
    ),
    (
        "raise ValueError('hour must be in 0..23', hour)",
        "raise ValueError('hour must be in 0..23')",
    ),
    (
        "raise ValueError('minute must be in 0..59', minute)",
        "raise ValueError('minute must be in 0..59')",
    ),
    (
        "raise ValueError('second must be in 0..59', second)",
        "raise ValueError('second must be in 0..59')",
    ),
    (
        "raise ValueError('microsecond must be in 0..999999', microsecond)",
        "raise ValueError('microsecond must be in 0..999999')",
    ),
    (
        "raise ValueError('fold must be either 0 or 1', fold)",
        "raise ValueError('fold must be either 0 or 1')",
    ),
    (
        "raise TypeError(\"tzinfo argument must be None or of a tzinfo subclass\")",
        "raise TypeError(\"tzinfo argument must be None or of a tzinfo subclass, not type '%s'\" % type(tz).__name__)",
    ),
    (
        "raise TypeError(\"tz argument must be an instance of tzinfo\")",
        "raise TypeError(\"tzinfo argument must be None or of a tzinfo subclass, not type '%s'\" % type(tz).__name__)",
    ),
    (
        "raise OverflowError(\"result out of range\")",
        "raise OverflowError(\"date value out of range\")",
    ),
    (
        "\"tzinfo subclass must override tzname()\"",
        "\"a tzinfo subclass must implement tzname()\"",
    ),
    (
        "\"tzinfo subclass must override utcoffset()\"",
        "\"a tzinfo subclass must implement utcoffset()\"",
    ),
    (
        "\"tzinfo subclass must override dst()\"",
        "\"a tzinfo subclass must implement dst()\"",
    ),
    (
        "raise TypeError(\"fromutc() requires a datetime argument\")",
        "raise TypeError(\"fromutc: argument must be a datetime\")",
    ),
    (
        "raise ValueError(\"dt.tzinfo is not self\")",
        "raise ValueError(\"fromutc: dt.tzinfo is not self\")",
    ),
    (
        "raise TypeError(\"cannot compare naive and aware times\")",
        "raise TypeError(\"can't compare offset-naive and offset-aware times\")",
    ),
    (
        "raise TypeError(\"cannot compare naive and aware datetimes\")",
        "raise TypeError(\"can't compare offset-naive and offset-aware datetimes\")",
    ),
    (
        "raise TypeError(\"cannot mix naive and timezone-aware time\")",
        "raise TypeError(\"can't subtract offset-naive and offset-aware datetimes\")",
    ),
    (
        "raise TypeError(\"date argument must be a date instance\")",
        "raise TypeError(\"combine() argument 1 must be datetime.date, not %s\" % type(date).__name__)",
    ),
    (
        "raise TypeError(\"time argument must be a time instance\")",
        "raise TypeError(\"combine() argument 2 must be datetime.time, not %s\" % type(time).__name__)",
    ),
    (
        "raise TypeError(\"offset must be a timedelta\")",
        "raise TypeError(\"timezone() argument 1 must be datetime.timedelta, not %s\" % type(offset).__name__)",
    ),
    (
        "raise TypeError(\"name must be a string\")",
        "raise TypeError(\"timezone() argument 2 must be str, not %s\" % type(name).__name__)",
    ),
    (
        "\"timedelta(hours=24).\")\n        return cls._create",
        "\"timedelta(hours=24), not %r.\" % (offset,))\n        return cls._create",
    ),
    (
        "\"utcoffset() argument must be a datetime instance\"\n                        \" or None\")",
        "\"utcoffset(dt) argument must be a datetime instance\"\n                        \" or None, not %s\" % type(dt).__name__)",
    ),
    (
        "\"tzname() argument must be a datetime instance\"\n                        \" or None\")",
        "\"tzname(dt) argument must be a datetime instance\"\n                        \" or None, not %s\" % type(dt).__name__)",
    ),
    (
        "\"dst() argument must be a datetime instance\"\n                        \" or None\")",
        "\"dst(dt) argument must be a datetime instance\"\n                        \" or None, not %s\" % type(dt).__name__)",
    ),
    (
        "\"fromutc() argument must be a datetime instance\"\n                        \" or None\")",
        "\"fromutc: argument must be a datetime\"\n                        )",
    ),
    (
        "            return cls(*_parse_isoformat_date(date_string))\n        except Exception:\n            raise ValueError(f'Invalid isoformat string: {date_string!r}')\n\n",
        "            parsed = _parse_isoformat_date(date_string)\n        except Exception:\n            raise ValueError(f'Invalid isoformat string: {date_string!r}') from None\n        return cls(*parsed)\n",
    ),
    (
        "            return cls(*_parse_isoformat_time(time_string))\n        except Exception:\n            raise ValueError(f'Invalid isoformat string: {time_string!r}')\n\n",
        "            parsed = _parse_isoformat_time(time_string)\n        except Exception:\n            raise ValueError(f'Invalid isoformat string: {time_string!r}') from None\n        return cls(*parsed)\n",
    ),
    (
        "raise ValueError(f\"Invalid weekday: {day} (range is [1, 7])\")",
        "raise ValueError(f\"Invalid day: {day} (range is [1, 7])\")",
    ),
    (
        "        return (f'{self.__class__.__name__}'\n",
        "        return (f'datetime.{self.__class__.__name__}'\n",
    ),
    (
        "        y, m, d = _ord2ymd(n)\n        return cls(y, m, d)\n\n    @classmethod\n    def fromisoformat",
        "        if _index(n) < 1: raise ValueError(\"ordinal must be >= 1\")\n        return cls(*_ord2ymd(n))\n\n    @classmethod\n    def fromisoformat",
    ),
    (
        "        # XXX Check that all inputs are ints or floats.\n\n",
        "        for _n, _v in zip((\"days\", \"seconds\", \"microseconds\", \"milliseconds\", \"minutes\", \"hours\", \"weeks\"), (days, seconds, microseconds, milliseconds, minutes, hours, weeks)):\n            if not isinstance(_v, (int, float)): raise TypeError(f\"unsupported type for timedelta {_n} component: {type(_v).__name__}\")\n",
    ),
    (
        "            except ValueError:\n                raise ValueError(\n                    f'Invalid isoformat string: {date_string!r}') from None\n",
        "            except ValueError as _error:\n                if str(_error).startswith(\"offset\"): raise\n                raise ValueError(f'Invalid isoformat string: {date_string!r}') from None\n",
    ),
    (
        "            parsed = _parse_isoformat_time(time_string)\n        except Exception:\n            raise ValueError(f'Invalid isoformat string: {time_string!r}') from None\n",
        "            parsed = _parse_isoformat_time(time_string)\n        except Exception as _error:\n            raise _error if str(_error).startswith(\"offset\") else ValueError(f'Invalid isoformat string: {time_string!r}') from None\n",
    ),
    (
        "        if len(date_string) < 7:\n            raise ValueError(f'Invalid isoformat string: {date_string!r}')\n",
        "        if len(date_string) < 7 or not date_string[-1].isalnum():\n            raise ValueError(f'Invalid isoformat string: {date_string!r}')\n",
    ),
    (
        "        if self._tzinfo is not None:\n            assert s[-1:] == \")\"\n            s = s[:-1] + \", tzinfo=%r\" % self._tzinfo + \")\"\n        if self._fold:\n            assert s[-1:] == \")\"\n            s = s[:-1] + \", fold=1)\"\n        return s\n",
        "        if self._fold:\n            assert s[-1:] == \")\"\n            s = s[:-1] + \", fold=1)\"\n        if self._tzinfo is not None:\n            assert s[-1:] == \")\"\n            s = s[:-1] + \", tzinfo=%r\" % self._tzinfo + \")\"\n        return s\n",
    ),
];

/// Callables are timed without compiling text.
#[rustfmt::skip]
const TIMEIT: &[(&str, &str)] = &[
    (
        "# Don't change the indentation of the template; the reindent() calls\n# in Timer.__init__() depend on setup being indented 4 spaces and stmt\n# being indented 8 spaces.\n",
        "def _make_inner(stmt, setup):\n    def inner(it, timer): setup and setup(); t0 = timer(); any(stmt and stmt() and False for _ in it); return timer() - t0\n    return inner\n",
    ),
    (
        "            compile(setup, dummy_src_name, \"exec\")\n",
        "            if setup != \"pass\": compile(setup, dummy_src_name, \"exec\")\n",
    ),
    (
        "            compile(stmtprefix + stmt, dummy_src_name, \"exec\")\n",
        "            if stmt != \"pass\": compile(stmtprefix + stmt, dummy_src_name, \"exec\")\n",
    ),
    (
        "        code = compile(src, dummy_src_name, \"exec\")\n        exec(code, global_ns, local_ns)\n        self.inner = local_ns[\"inner\"]\n",
        "        if stmt in (\"_stmt()\", \"pass\") and setup in (\"_setup()\", \"pass\"): self.inner = _make_inner(local_ns.get(\"_stmt\"), local_ns.get(\"_setup\")); return\n        code = compile(src, dummy_src_name, \"exec\")\n        exec(code, global_ns, local_ns); self.inner = local_ns[\"inner\"]\n",
    ),
];
