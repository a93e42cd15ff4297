"""Writes `cpython.txt`: the names that the modules of CPython 3.13's library have, one module a line.

    python3.13 generate.py > cpython.txt

A package's submodules are among its names, and so is what a module's `__getattr__` makes. Names that a module imports from
others are there too, because a program may use them. Names with two underscores in front are left out: every object has some;
so are modules that no program imports by itself.
"""

import importlib
import os
import pkgutil
import sys
import types
import warnings

# Importing these does something, or they belong to another system, or to CPython's own tests and tools.
LEFT_OUT = {
    "__main__", "antigravity", "ctypes", "curses", "distutils", "encodings", "ensurepip", "idlelib", "lib2to3", "multiprocessing", "pydoc_data",
    "sre_compile", "sre_constants", "sre_parse", "test", "this", "tkinter", "turtle", "turtledemo", "venv",
}

# Set while a program runs, or only then.
LATER = {"sys": ["last_exc", "last_traceback", "last_type", "last_value", "ps1", "ps2", "tracebacklimit"]}


# Modules in C behind those that programs import.
BEHIND = {"_csv", "_signal", "_socket", "_thread"}


def constants(code):
    for value in code.co_consts:
        if isinstance(value, str):
            yield value
        elif isinstance(value, types.CodeType):
            yield from constants(value)
        elif isinstance(value, (tuple, frozenset)):
            yield from (part for part in value if isinstance(part, str))


def names(module):
    found = set(dir(module))
    if hasattr(module, "__path__"):
        found.update(part.name for part in pkgutil.iter_modules(module.__path__))
    made = vars(module).get("__getattr__")
    if isinstance(made, types.FunctionType):
        for name in constants(made.__code__):
            try:
                if name.isidentifier() and hasattr(module, name):
                    found.add(name)
            except Exception:
                pass
        # A table that the function looks into.
        found.update(name for value in list(vars(module).values()) if isinstance(value, dict) for name in list(value) if isinstance(name, str) and name.isidentifier() and hasattr(module, name))
    found.update(LATER.get(module.__name__, []))
    return sorted(name for name in found if not name.startswith("__"))


def modules():
    for name in sorted(sys.stdlib_module_names | {"os.path"}):
        if name in LEFT_OUT or name.startswith("_") and name not in BEHIND:
            continue
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        yield name, module
        for part in pkgutil.iter_modules(getattr(module, "__path__", [])):
            if not part.name.startswith("_"):
                try:
                    yield f"{name}.{part.name}", importlib.import_module(f"{name}.{part.name}")
                except (ImportError, AttributeError):
                    pass


warnings.simplefilter("ignore")
sys.stdout = open(os.devnull, "w")
rows = [f"{name}: {' '.join(names(module))}\n" for name, module in modules()]
sys.__stdout__.writelines(sorted(rows))
