"""The named places of a city's map are read from its folder, and found."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from geo import gazetteer, search, workspace
from geo.errors import CityBroken
from tests.geo.toy import CRS, xy
from tests.geo.toy_city import toy_city


def _layer(folder, name, rows):
    """Write rows (name, kind or None, corner of a box of 20 m) as a layer of the city's map."""
    frame = gpd.GeoDataFrame(
        {"name": [row[0] for row in rows]},
        geometry=[shapely.box(x, y, x + 20, y + 20) for x, y in xy(*(row[2] for row in rows))],
        crs=CRS,
    )
    if rows[0][1] is not None:
        frame["kind"] = [row[1] for row in rows]
    workspace.write_layer(folder, name, frame)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("YIZHAN_HOME", str(tmp_path))
    path = tmp_path / "toy"
    path.mkdir()
    (path / workspace.MANIFEST).write_text("{}")
    return path


def test_places_with_a_name_are_read_each_at_a_point_inside_it(folder):
    _layer(folder, "landmarks", [("市医院", "hospital", (0, 0)), ("", "park", (50, 0))])
    _layer(folder, "buildings", [("银座大厦", None, (100, 100)), ("", None, (200, 0))])
    _layer(folder, "compounds", [("梅巷小区", None, (300, 0))])
    found = gazetteer.places("toy", CRS)
    assert found["name"].tolist() == ["市医院", "梅巷小区", "银座大厦"]
    assert found["kind"].tolist() == ["hospital", "compound", "building"]
    # The middle of each box; degrees on the way lose less than a millimetre.
    middle = xy((10, 10), (310, 10), (110, 110))
    assert shapely.get_coordinates(found.geometry) == pytest.approx(middle, abs=0.01)


def test_they_are_found_and_once_where_they_stand_together(folder):
    """Two buildings of one name 100 m apart are one place; 400 m further on it is another."""
    named = [("银座", None, (0, 0)), ("银座", None, (100, 0)), ("银座", None, (500, 400))]
    _layer(folder, "buildings", named)
    data = toy_city([(100, 0)], [])
    index = search.index(data, gazetteer.places("toy", CRS))
    found = search.find(index, "yinz")
    assert [(one.kind, one.name) for one in found] == [("place", "银座")] * 2


def test_a_map_that_cannot_be_read_is_said_to_be_broken(folder):
    (folder / "city.gpkg").write_bytes(b"no map")
    with pytest.raises(CityBroken, match="create it anew"):
        gazetteer.places("toy", CRS)


def test_the_demonstration_city_is_searched_as_people_type(demo_home, monkeypatch):
    """The community 龙津社区 by its pinyin and its initials; a street by a slip of the finger."""
    monkeypatch.setenv("YIZHAN_HOME", str(demo_home))
    index = gazetteer.index(workspace.load("demo"))
    assert "龙津社区" in [found.name for found in search.find(index, "longjin")]
    first, *_ = search.find(index, "ljsq")
    assert first.name.startswith("龙津社区")
    assert "龙津社区" in [found.name for found in search.find(index, "ljsq")]
    assert search.find(index, "yundudadoa")[0].name.startswith("云渡大道")
