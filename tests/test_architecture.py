"""Hold the code to its structure: who imports whom, and what may be done where.

The imports are checked by import-linter (contracts in ``pyproject.toml``); what no import shows –
opening files, asking the clock, repairing by ``buffer(0)`` – is looked for in the syntax trees.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

SOURCES = sorted([*ROOT.glob("geo/**/*.py"), *ROOT.glob("webmap/**/*.py")])

#: Modules of geo that may touch files.
FILE_MODULES = (
    "sources",
    "workspace",
    "unfinished",
    "gazetteer",
    "checkup",
    "writing",
    "manifest",
    "answers",
    "export",
    "tiles",
    "report",
    "handout",
    "intake",
    "build",
    "cli",
)
#: Modules of geo that may ask the clock, the environment or start a process.
WORLD_MODULES = ("workspace", "unfinished", "build", "cli", "tiles")

_FILE_CALLS = {
    "open", "open_memmap", "memmap", "read_text", "read_bytes", "write_text", "write_bytes",
    "mkdir", "makedirs", "unlink", "rmdir", "rmtree", "touch", "iterdir", "rglob", "is_file",
    "is_dir", "exists", "stat", "copyfile", "copytree", "NamedTemporaryFile", "TemporaryDirectory",
    "mkdtemp", "read_file", "to_file", "read_csv", "to_csv", "read_excel", "to_excel",
    "read_parquet", "to_parquet", "read_feather", "to_feather", "read_pickle", "to_pickle",
    "read_dataframe", "write_dataframe", "fromfile", "tofile", "loadtxt", "savetxt", "genfromtxt",
}  # fmt: skip
_NUMPY_FILE_CALLS = {"save", "savez", "savez_compressed", "load"}
_FILE_IMPORTS = {
    "pyogrio",
    "fiona",
    "shutil",
    "tempfile",
    "zipfile",
    "sqlite3",
    "openpyxl",
    "osmium",
}
_WORLD_IMPORTS = {
    "requests", "urllib", "http", "socket", "ssl", "asyncio", "subprocess", "multiprocessing",
    "platformdirs", "getpass", "random", "secrets", "locale",
}  # fmt: skip
_WORLD_CALLS = {
    "time.time", "time.time_ns", "time.monotonic", "time.perf_counter", "time.process_time",
    "time.sleep", "datetime.now", "datetime.utcnow", "datetime.today", "date.today",
    "datetime.datetime.now", "datetime.date.today", "os.getenv", "os.getcwd",
    "Path.home", "Path.cwd", "uuid.uuid1", "uuid.uuid4", "uuid4",
}  # fmt: skip
_VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}

Finder = Callable[[ast.Module], Iterator[tuple[int, str]]]


def _dotted(node: ast.expr) -> str:
    """Return ``a.b.c`` for a chain of names, else only its last part."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return ""


def _imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the full name of every module that is imported, however deep in a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
        elif isinstance(node, ast.Call) and _dotted(node.func).endswith("import_module"):
            names = [a.value for a in node.args if isinstance(a, ast.Constant)]
            yield node.lineno, str(names[0]) if names else "(computed)"


def _calls(tree: ast.Module) -> Iterator[tuple[int, str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.lineno, _dotted(node.func), node


def importing(*packages: str) -> Finder:
    """Return a finder of imports of these top-level packages."""

    def find(tree: ast.Module) -> Iterator[tuple[int, str]]:
        for line, name in _imported(tree):
            if name.split(".")[0] in packages:
                yield line, f"import of {name}"

    return find


def file_access(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Find what opens, writes, lists or looks for files."""
    yield from importing(*_FILE_IMPORTS)(tree)
    for line, name, _ in _calls(tree):
        head, _, last = name.rpartition(".")
        numpy_file = head in ("np", "numpy") and last in _NUMPY_FILE_CALLS
        # a pandas Index, a frame or shapely has no such method, so the bare name is enough
        if last in _FILE_CALLS or numpy_file:
            yield line, f"file access by {name}()"


def world_access(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Find what asks the clock, the environment, the network or unseeded chance."""
    yield from importing(*_WORLD_IMPORTS)(tree)
    for line, name, call in _calls(tree):
        if name in _WORLD_CALLS:
            yield line, f"{name}()"
        head, _, last = name.rpartition(".")
        seeded = last in ("default_rng", "Generator", "PCG64", "SeedSequence") and call.args
        if head in ("np.random", "numpy.random") and not seeded:
            yield line, f"{name}() without a seed"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _dotted(node) == "os.environ":
            yield node.lineno, "os.environ"


def projecting(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Find what changes coordinates from one system to another."""
    yield from importing("pyproj")(tree)
    for line, name, _ in _calls(tree):
        if name.rpartition(".")[2] in ("to_crs", "estimate_utm_crs"):
            yield line, f"{name}()"


def careless_repair(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Find ``buffer(0)``, which drops parts, and ``make_valid`` in its explosive default method."""
    for line, name, call in _calls(tree):
        last = name.rpartition(".")[2]
        zero = any(isinstance(a, ast.Constant) and a.value in (0, 0.0) for a in call.args)
        if last == "buffer" and zero:
            yield line, "buffer(0) as a repair"
        methods = [
            keyword.value.value
            for keyword in call.keywords
            if keyword.arg == "method" and isinstance(keyword.value, ast.Constant)
        ]
        if last == "make_valid" and methods != ["structure"]:
            yield line, 'make_valid() without method="structure"'


def _part(path: Path) -> tuple[str, str]:
    """Return the package and the first name below it: ``geo/sources/osm.py`` → geo, sources."""
    below = path.relative_to(ROOT).with_suffix("").parts
    return below[0], below[1]


RULES: dict[str, tuple[Finder, Callable[[str, str], bool]]] = {
    "Folium only in webmap.maps": (
        importing("folium", "branca"),
        lambda package, name: (package, name) != ("webmap", "maps"),
    ),
    "Flask never in webmap.maps": (
        importing("flask", "flask_babel", "apiflask", "werkzeug"),
        lambda package, name: (package, name) == ("webmap", "maps"),
    ),
    "no web in geo": (
        importing("flask", "flask_babel", "apiflask", "werkzeug", "webmap"),
        lambda package, name: package == "geo",
    ),
    "SQL only in webmap.store": (
        importing("sqlalchemy", "alembic", "sqlite3", "psycopg", "geoalchemy2"),
        lambda package, name: (package, name) != ("webmap", "store"),
    ),
    "projections only in geo.crs": (
        projecting,
        lambda package, name: (package, name) != ("geo", "crs"),
    ),
    "files in geo only where inputs are read and results leave": (
        file_access,
        lambda package, name: package == "geo" and name not in FILE_MODULES,
    ),
    "no clock, environment or network in geo's analysis": (
        world_access,
        lambda package, name: package == "geo" and name not in WORLD_MODULES,
    ),
    "no careless repair of geometries": (careless_repair, lambda package, name: True),
}


@pytest.fixture(scope="module")
def breaches() -> dict[str, list[str]]:
    """Return what breaks each rule; every file is read once for all of them."""
    found: dict[str, list[str]] = {rule: [] for rule in RULES}
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for rule, (finder, where) in RULES.items():
            if where(*_part(path)):
                name = path.relative_to(ROOT)
                found[rule] += [f"{name}:{line}: {what}" for line, what in finder(tree)]
    return found


@pytest.mark.parametrize("rule", RULES)
def test_rule(rule: str, breaches: dict[str, list[str]]) -> None:
    assert breaches[rule] == []


@pytest.mark.parametrize(
    ("finder", "code"),
    [
        (importing("folium"), "def f():\n    import folium.plugins"),
        (importing("folium"), "from importlib import import_module\nimport_module('folium')"),
        (importing("sqlalchemy"), "from sqlalchemy.orm import Session"),
        (file_access, "open('x')"),
        (file_access, "path.read_text()"),
        (file_access, "np.load(name)"),
        (file_access, "import pyogrio"),
        (file_access, "frame.to_file('x.gpkg')"),
        (world_access, "datetime.now()"),
        (world_access, "x = os.environ['HOME']"),
        (world_access, "np.random.default_rng()"),
        (world_access, "np.random.rand(3)"),
        (world_access, "import urllib.request"),
        (projecting, "frame.to_crs(4326)"),
        (projecting, "from pyproj import CRS"),
        (careless_repair, "shape.buffer(0)"),
        (careless_repair, "shapely.make_valid(shape)"),
    ],
)
def test_the_rules_find_what_they_forbid(finder: Finder, code: str) -> None:
    assert list(finder(ast.parse(code)))


@pytest.mark.parametrize(
    ("finder", "code"),
    [
        (file_access, "cache.load(name); text.replace('a', 'b')"),
        (world_access, "np.random.default_rng(7).random(3)"),
        (careless_repair, "shape.buffer(500.0)"),
        (careless_repair, "shapely.make_valid(shape, method='structure')"),
    ],
)
def test_the_rules_let_the_rest_pass(finder: Finder, code: str) -> None:
    assert not list(finder(ast.parse(code)))


def test_no_module_has_a_vague_name() -> None:
    named = [path for path in SOURCES if set(path.relative_to(ROOT).with_suffix("").parts) & _VAGUE]
    assert named == []


def test_the_import_contracts_are_kept() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as c; c()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "0 broken" in done.stdout


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []
