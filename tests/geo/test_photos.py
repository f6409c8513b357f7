"""Pictures of stations: only what is seen is kept, and what would do harm is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from geo import build, workspace
from geo.errors import InputError
from geo.sources import photos, wording
from geo.sources.stations import read_stations
from tests.webmap import tinycity


def listed(folder: Path, *names: str) -> Path:
    """Write a list of stations that name these pictures."""
    rows = [f"s{n},站{n},106.6,29.5,{name}" for n, name in enumerate(names, start=1)]
    path = folder / "list.csv"
    path.write_text("\n".join(["编号,名称,经度,纬度,照片", *rows]), encoding="utf-8")
    return path


def faults(call, *arguments) -> list[str]:
    with pytest.raises(InputError) as caught:
        call(*arguments)
    return [str(fault) for fault in caught.value.faults]


def test_a_list_that_names_no_file_is_refused_by_row(tmp_path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "secret.jpg").write_bytes(b"x")
    (tmp_path / "inside" / "away.jpg").symlink_to(tmp_path / "secret.jpg")
    (tmp_path / "inside" / "there.jpg").write_bytes(b"x")
    wrong = ("gone.jpg", "../secret.jpg", "/etc/hostname", "away.jpg", "x" * 300, "there.jpg")
    told = faults(read_stations, listed(tmp_path / "inside", *wrong))
    assert len(told) == 5
    for number, why in enumerate(["no such file", *["outside"] * 3, "no such file"], start=1):
        assert f"row {number}" in told[number - 1] and why in told[number - 1]


def test_what_is_no_picture_is_refused_by_station(tmp_path):
    whole = tmp_path / "whole.jpg"
    Image.effect_noise((300, 300), 90).save(whole)
    (tmp_path / "cut.jpg").write_bytes(whole.read_bytes()[:4000])
    (tmp_path / "page.png").write_text("<script>alert(1)</script>", encoding="utf-8")
    Image.new("RGB", (9, 9)).save(tmp_path / "other.gif")
    Image.new("1", (10_000, 7_000)).save(tmp_path / "bomb.png")  # 70 million pixels in 9 kB
    assert (tmp_path / "bomb.png").stat().st_size < 20_000
    path = listed(tmp_path, "cut.jpg", "page.png", "other.gif", "bomb.png", "whole.jpg")
    stations, _ = read_stations(path)
    told = faults(photos.keep, stations, path, tmp_path / "kept")
    for name, (why, text) in enumerate(
        [("cannot be read", "cut"), ("no JPEG", "page"), ("no JPEG", "other"), ("too many", "bomb")]
    ):
        assert f"station s{name + 1}" in told[name]
        assert why in told[name] and text in told[name]
    assert len(told) == 4


def test_a_large_file_is_not_even_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(photos, "MOST_BYTES", 100)
    Image.effect_noise((99, 99), 90).save(tmp_path / "a.jpg")
    assert "MB" in faults(photos.encoded, tmp_path / "a.jpg")[0]


def test_of_a_large_picture_only_a_jpeg_is_read_because_it_is_read_small(tmp_path, monkeypatch):
    """The limit of what is decoded is 10,000 pixels here; 400 × 300 at an eighth are 50 × 38."""
    monkeypatch.setattr(photos, "MOST_DECODED", 10_000)
    monkeypatch.setattr(photos, "SIDE", 40)
    picture = Image.new("RGB", (400, 300), "teal")
    for suffix in ("jpg", "png", "webp"):
        picture.save(tmp_path / f"large.{suffix}")
    (tmp_path / "out.webp").write_bytes(photos.encoded(tmp_path / "large.jpg"))
    assert Image.open(tmp_path / "out.webp").size == (40, 30)
    for suffix in ("png", "webp"):
        (told,) = faults(photos.encoded, tmp_path / f"large.{suffix}")
        assert "400 × 300 pixels are too many" in told


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "CMYK", "1", "LA"])
def test_every_kind_of_picture_becomes_one(tmp_path, mode):
    suffix = "jpg" if mode == "CMYK" else "png"
    Image.new(mode, (1600, 40)).save(tmp_path / f"a.{suffix}")
    (tmp_path / "out.webp").write_bytes(photos.encoded(tmp_path / f"a.{suffix}"))
    kept = Image.open(tmp_path / "out.webp")
    assert (kept.format, kept.size) == ("WEBP", (1200, 30))


def test_what_is_transparent_is_white(tmp_path):
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(tmp_path / "a.png")
    (tmp_path / "out.webp").write_bytes(photos.encoded(tmp_path / "a.png"))
    assert min(Image.open(tmp_path / "out.webp").convert("RGB").getpixel((20, 20))) > 250


def test_a_city_keeps_one_file_for_one_picture(tmp_path, monkeypatch):
    """Two stations name the same picture, the third none; a broken one leaves no city behind."""
    monkeypatch.setenv("YIZHAN_HOME", str(tmp_path / "home"))
    Image.new("RGB", (50, 50), "green").save(tmp_path / "a.jpg")
    streets = (tinycity.streets(tmp_path / "streets.geojson"),)
    path = listed(tmp_path, "a.jpg", "a.jpg", "")
    build.create(build.Request("seen", "有图", streets, stations=str(path)))
    first, second, third = workspace.load("seen").stations["photo"]
    assert first == second != third == ""
    assert [kept.name for kept in (workspace.folder("seen") / "photos").iterdir()] == [first]
    assert workspace.photo_path("seen", first).read_bytes() == photos.encoded(tmp_path / "a.jpg")
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    told = faults(build.create, build.Request("broken", "坏", streets, stations=str(path)))
    assert "station s1" in told[0]
    assert workspace.slugs() == ["seen"]


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2026-11-08", "2026-11-08"),
        ("2026/11/8", "2026-11-08"),
        ("2026.1.8", "2026-01-08"),
        ("2026年11月8日", "2026-11-08"),
        ("20261108", "2026-11-08"),
        ("2026-11-08 00:00:00", "2026-11-08"),
        ("2026-02-30", None),
        ("2026-13-01", None),
        ("去年", None),
        ("08/11/2026", None),
        ("2026-11-081", None),
    ],
)
def test_days_as_lists_write_them(words, day):
    assert wording.day(words) == day
