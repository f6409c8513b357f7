"""Front-end packages: checked by hash, placed whole or not at all."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from webmap import vendor
from webmap.vendor import Asset, VendorError


def _asset(target: str, source: str, content: bytes) -> Asset:
    return Asset(target, source, hashlib.sha256(content).hexdigest())


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    folder = tmp_path / "node_modules"
    (folder / "a" / "dist").mkdir(parents=True)
    (folder / "a" / "dist" / "a.js").write_bytes(b"one")
    (folder / "a" / "LICENSE").write_bytes(b"free")
    return folder


ASSETS = (_asset("a/LICENSE", "a/LICENSE", b"free"), _asset("a/a.js", "a/dist/a.js", b"one"))


def test_right_files_are_placed(packages: Path, tmp_path: Path) -> None:
    folder = tmp_path / "vendor"
    vendor.place(packages, ASSETS, folder)
    assert (folder / "a" / "a.js").read_bytes() == b"one"
    assert vendor.faults(folder, ASSETS) == []


def test_a_changed_package_leaves_the_old_files_alone(packages: Path, tmp_path: Path) -> None:
    folder = tmp_path / "vendor"
    vendor.place(packages, ASSETS, folder)
    (packages / "a" / "dist" / "a.js").write_bytes(b"other")
    with pytest.raises(VendorError, match=r"changed: a/a\.js"):
        vendor.place(packages, ASSETS, folder)
    assert (folder / "a" / "a.js").read_bytes() == b"one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["node_modules", "vendor"]


def test_a_missing_file_is_named(packages: Path, tmp_path: Path) -> None:
    (packages / "a" / "LICENSE").unlink()
    with pytest.raises(VendorError, match="a/LICENSE is not in the npm packages"):
        vendor.place(packages, ASSETS, tmp_path / "vendor")
    assert not (tmp_path / "vendor").exists()


def test_every_kind_of_fault_is_told(packages: Path, tmp_path: Path) -> None:
    folder = tmp_path / "vendor"
    vendor.place(packages, ASSETS, folder)
    (folder / "a" / "LICENSE").unlink()
    (folder / "a" / "a.js").write_bytes(b"twisted")
    (folder / "stray.js").write_bytes(b"")
    assert vendor.faults(folder, ASSETS) == [
        "missing: a/LICENSE",
        "changed: a/a.js",
        "not in the table: stray.js",
    ]


def test_the_committed_table_stays_inside_its_folders() -> None:
    assets = vendor.read_table()
    assert assets
    for asset in assets:
        for name in (asset.target, asset.source):
            assert not name.startswith("/")
            assert ".." not in name.split("/")
        assert len(asset.sha256) == 64


@pytest.mark.parametrize(
    ("version", "taken"), [("6.14.18", False), ("7.0.0", True), ("11.1.0", True)]
)
def test_an_npm_too_old_for_the_lock_file_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, taken: bool
) -> None:
    npm = tmp_path / "npm"
    npm.write_text(f"#!/bin/sh\necho {version}\n")
    npm.chmod(0o755)
    # the folder of the interpreter is searched too, and may hold an npm of its own
    monkeypatch.setattr(vendor.sys, "executable", os.fspath(tmp_path / "nowhere" / "python"))
    assert vendor.find_npm(os.fspath(tmp_path)) == (os.fspath(npm) if taken else None)


def test_what_set_up_placed_is_what_the_table_says() -> None:
    assert vendor.faults(vendor.VENDOR, vendor.read_table()) == [], "run make setup"


# --- Our own modules as one script --------------------------------------------------------------


def test_the_bundle_is_made_of_the_modules_as_they_are() -> None:
    for bundle in vendor.BUNDLES:
        assert vendor.bundle_faults(bundle) == [], "run make vendor"


def test_a_changed_module_makes_the_bundle_old(tmp_path: Path) -> None:
    modules, bundle = tmp_path / "js", tmp_path / "bundle" / "file.js"
    (modules / "draw").mkdir(parents=True)
    (modules / "file.js").write_text("export const one = 1;", encoding="utf-8")
    assert vendor.bundle_faults(bundle, modules) == ["missing: bundle/file.js"]
    bundle.parent.mkdir()
    bundle.write_text(vendor.bundle_mark(modules) + "\nvar yizhan;", encoding="utf-8")
    assert vendor.bundle_faults(bundle, modules) == []
    (modules / "draw" / "new.js").write_text("", encoding="utf-8")
    assert vendor.bundle_faults(bundle, modules) == ["old: bundle/file.js"]


def test_bundling_again_gives_the_same_bytes(tmp_path: Path) -> None:
    assert vendor.kept_bundler().is_file(), "run make vendor"
    for made in vendor.BUNDLES:
        vendor.make_bundle(tmp_path / "bundle" / made.name)
        assert (tmp_path / "bundle" / made.name).read_bytes() == made.read_bytes()
    names = {path.name for path in (tmp_path / "bundle").iterdir()}
    assert names == {made.name for made in vendor.BUNDLES}


def test_a_module_that_cannot_be_bundled_leaves_the_old_bundle(tmp_path: Path) -> None:
    modules, bundle = tmp_path / "js", tmp_path / "file.js"
    modules.mkdir()
    (modules / "file.js").write_text('import "./absent.js";', encoding="utf-8")
    bundle.write_text("old", encoding="utf-8")
    with pytest.raises(VendorError, match="could not bundle"):
        vendor.make_bundle(bundle, modules)
    assert bundle.read_text(encoding="utf-8") == "old"


def test_the_tools_are_chosen_by_npm_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vendor, "TOOLS", tmp_path / "tools")
    with pytest.raises(VendorError, match="no esbuild for this machine"):
        vendor.keep_tools(tmp_path / "node_modules")
    program = tmp_path / "node_modules" / "@esbuild" / "some-cpu" / "bin" / "esbuild"
    program.parent.mkdir(parents=True)
    program.write_bytes(b"program")
    checker = tmp_path / "node_modules" / "axe-core" / "axe.min.js"
    checker.parent.mkdir()
    checker.write_bytes(b"checker")
    vendor.keep_tools(tmp_path / "node_modules")
    assert vendor.kept_checker().read_bytes() == b"checker"
    assert vendor.kept_bundler().read_bytes() == b"program"
    assert os.access(vendor.kept_bundler(), os.X_OK)
