"""Every Chinese text of the pages, the scripts and the messages has an English one."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import webmap

HERE = Path(webmap.__file__).parent
CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
#: Signs on the map, the same in every language.
SIGNS = {"名", "中"}


def _without_comments(source: str) -> str:
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.S)
    return re.sub(r"(?m)(^|\s)//\s.*$", "", source)


def _in_scripts() -> Iterator[tuple[str, str]]:
    for path in sorted((HERE / "static" / "js").rglob("*.js")):
        for found in re.findall(r'"((?:[^"\\\n]|\\.)*)"', _without_comments(path.read_text())):
            if CHINESE.search(found) and found not in SIGNS:
                yield path.name, found


def _in_templates() -> Iterator[tuple[str, str]]:
    for path in sorted((HERE / "templates").glob("*.html")):
        for found in re.findall(r"_\('((?:[^'\\]|\\.)*)'", path.read_text()):
            yield path.name, found


def _in_python() -> Iterator[tuple[str, str]]:
    for path in sorted(HERE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            name = getattr(getattr(node, "func", None), "id", "")
            if name in ("_", "_l", "gettext", "lazy_gettext") and node.args:
                text = node.args[0]
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield path.name, text.value


def texts() -> set[str]:
    return {text for source in (_in_scripts, _in_templates, _in_python) for _, text in source()}


@pytest.fixture(scope="module")
def catalogue() -> dict[str, str]:
    text = (HERE / "translations" / "en" / "LC_MESSAGES" / "messages.po").read_text("utf-8")
    pairs = re.findall(r'^msgid ("(?:.*)")\nmsgstr ("(?:.*)")$', text, re.M)
    assert len(pairs) == text.count("\nmsgid "), "one line a text, please"
    return {json.loads(key): json.loads(said) for key, said in pairs if key != '""'}


def test_texts_are_found():
    found = texts()
    assert {"找驿站", "附近没有驿站", "没有这座城市"} <= found


def test_nothing_lacks_its_translation(catalogue):
    assert sorted(text for text in texts() if not catalogue.get(text)) == []


def test_nothing_is_translated_that_no_longer_occurs(catalogue):
    assert sorted(set(catalogue) - texts()) == []


def test_translations_keep_their_places_for_values(catalogue):
    places = re.compile(r"\{\w+\}|%\(\w+\)s")
    for chinese, english in catalogue.items():
        assert sorted(places.findall(chinese)) == sorted(places.findall(english)), chinese


def test_english_holds_no_chinese(catalogue):
    assert [english for english in catalogue.values() if CHINESE.search(english)] == []


def test_templates_hold_no_bare_chinese():
    for path in sorted((HERE / "templates").glob("*.html")):
        bare = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", path.read_text(), flags=re.S)
        assert not CHINESE.search(bare.replace("我的城市", "")), path.name
