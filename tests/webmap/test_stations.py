from __future__ import annotations

import json
from datetime import date, datetime
from io import BytesIO

import pytest
from PIL import Image

from geo import build
from tests.webmap import tinycity
from webmap import create_app, openings
from webmap.api.stations import ServiceArea, StationDetailFeature, Stations
from webmap.config import Settings


def test_stations_are_geojson_points(client):
    answer = client.get("/api/cities/tiny/stations")
    assert answer.mimetype == "application/geo+json"
    found = Stations.model_validate(answer.json)
    first = found.features[0]
    assert first.id == first.properties.id == "c1"
    assert first.properties.tier == "centre"
    assert first.properties.services == ["water", "toilet"]
    assert first.properties.capacity == 20
    assert found.features[1].properties.capacity is None
    assert first.geometry.coordinates == pytest.approx([tinycity.lon(0), tinycity.lat(2)], abs=2e-6)


def test_hostile_names_stay_plain_json(client):
    answer = client.get("/api/cities/tiny/stations")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    names = [feature["properties"]["name"] for feature in json.loads(answer.data)["features"]]
    assert names == ["西门驿站", tinycity.HOSTILE]


def test_one_station(client):
    answer = client.get("/api/cities/tiny/stations/c1")
    found = StationDetailFeature.model_validate(answer.json).properties
    assert found.name == "西门驿站"
    assert (found.name_en, found.verified, found.photo) == (None, None, None)
    assert found.feedback.recent.closed <= found.feedback.all.closed
    assert found.hours.known
    assert len(found.hours.days) == 7
    for day in found.hours.days:
        assert [(span.opens[-5:], span.closes[-5:]) for span in day.spans] == [("08:00", "20:00")]
        assert day.spans[0].opens.startswith(day.date)
    again = client.get(
        "/api/cities/tiny/stations/c1", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


def test_every_map_program_gets_its_own_datum(client):
    """Tiny stands near Chongqing, where GCJ-02 lies some 300 to 600 m off, BD-09 further on."""
    found = client.get("/api/cities/tiny/stations/c1").json["properties"]["position"]
    assert found["wgs84"] == pytest.approx([tinycity.lon(0), tinycity.lat(2)], abs=2e-6)
    for datum, least, most in (("gcj02", 0.002, 0.006), ("bd09", 0.006, 0.014)):
        off = [abs(a - b) for a, b in zip(found[datum], found["wgs84"], strict=True)]
        assert least < max(off) < most, datum


def test_hours_of_a_day_belong_to_the_day_on_which_they_begin(app, monkeypatch):
    """Night hours on weekdays, off on holidays: 1 to 7 October 2026 are National Day's.

    10 October is a make-up working day of that holiday; a Saturday that keeps a weekday's hours.
    """
    data = app.extensions["yizhan"].city("tiny").data
    text = "Mo-Fr 18:00-02:00; PH off"
    changed = data.with_stations(data.stations.assign(opening_hours=text), data.station_links)
    told = openings.of_station(changed, 0, datetime(2026, 9, 30, 19))
    assert told["state"] == "open"
    assert told["next_change"] == {"at": "2026-10-01T02:00", "state": "closed"}
    first, *rest = told["days"]
    assert first["spans"] == [
        {"opens": "2026-09-30T18:00", "closes": "2026-10-01T02:00", "state": "open"}
    ]
    assert all(day["spans"] == [] and day["holiday"] == "国庆节" for day in rest)
    assert told["known"] and told["holidays_known"]
    later = openings.of_station(changed, 0, datetime(2026, 10, 10, 12))["days"][0]
    assert date.fromisoformat(later["replaces"]).weekday() < 5
    assert [span["opens"] for span in later["spans"]] == ["2026-10-10T18:00"]


def test_unknown_hours_are_said_to_be_unknown(app):
    data = app.extensions["yizhan"].city("tiny").data
    told = openings.of_station(data, 1, datetime(2026, 11, 20, 12))
    assert (told["state"], told["next_change"], told["known"]) == ("unknown", None, False)
    assert [day["spans"] for day in told["days"]] == [[]] * 7
    beyond = openings.of_station(data, 0, datetime(2099, 1, 1))
    assert not beyond["holidays_known"]


def test_a_station_out_of_service_is_closed_whatever_its_hours(app):
    data = app.extensions["yizhan"].city("tiny").data
    shut = data.with_stations(data.stations.assign(status="closed"), data.station_links)
    told = openings.of_station(shut, 0, datetime(2026, 11, 20, 12))
    assert (told["state"], told["next_change"]) == ("closed", None)


def _with_pictures(folder, monkeypatch):
    """Import a city whose list names a picture that holds a place (EXIF) and is upside down."""
    monkeypatch.setenv("YIZHAN_HOME", str(folder / "home"))
    (folder / "pictures").mkdir()
    image = Image.new("RGB", (2400, 1600), "red")
    image.paste("blue", (0, 0, 2400, 200))
    exif = Image.Exif()
    exif[0x0112] = 3  # turned by 180°
    exif[0x010E] = "TAKEN AT 29.50000 N"
    image.save(folder / "pictures" / "a.jpg", exif=exif)
    listed = tinycity.stations(folder / "stations.csv")
    head, first, second = listed.read_text(encoding="utf-8").splitlines()
    rows = [f"{head},核实日期,照片", f"{first},2026年11月8日,pictures/a.jpg", f"{second},去年,"]
    listed.write_text("\n".join(rows), encoding="utf-8")
    streets = tinycity.streets(folder / "streets.geojson")
    return build.create(build.Request("seen", "有图", (streets,), stations=str(listed)))


def test_a_picture_is_small_upright_and_says_nothing_else(tmp_path, monkeypatch):
    report = _with_pictures(tmp_path, monkeypatch)
    assert any("核实日期" in note and "去年" in note for note in report.notes)
    client = create_app(Settings(edition="internal")).test_client()
    facts = client.get("/api/cities/seen/stations/c1").json["properties"]
    assert facts["verified"] == "2026-11-08"
    answer = client.get(facts["photo"])
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert "immutable" in answer.headers["Cache-Control"]
    assert b"TAKEN" not in answer.data
    picture = Image.open(BytesIO(answer.data))
    assert picture.size == (1200, 800)
    assert not picture.getexif()
    red, _, blue = picture.convert("RGB").getpixel((600, 790))
    assert blue > 200 > 60 > red  # what was on top is at the bottom
    plain = client.get("/api/cities/seen/stations/c1/photo")
    assert plain.headers["Cache-Control"] == "no-cache"
    mark = {"If-None-Match": plain.headers["ETag"]}
    assert client.get("/api/cities/seen/stations/c1/photo", headers=mark).status_code == 304
    missing = client.get("/api/cities/seen/stations/h2/photo")
    assert missing.status_code == 404


@pytest.mark.parametrize("path", ["stations/c9", "stations/c9/service-area"])
def test_an_unknown_station_is_a_problem(client, path):
    answer = client.get(f"/api/cities/tiny/{path}")
    assert answer.status_code == 404
    assert answer.json["type"] == "urn:yizhan:problem:station-not-found"


def test_service_area_of_a_station(client):
    """Count the people of the bands by hand.

    Ten people live 5 m off each crossing; c1 stands on crossing (0, 2). Walking takes x + |y − 2|
    blocks of 100 m, give or take 15 m. 5 min = 375 m: at most 3 blocks, which are
    4 + 2·3 + 2·2 + 1 = 15 crossings (rows y = 2; 1, 3; 0, 4; 5). 10 min = 750 m: at most 7 blocks,
    all crossings but (5, 5). 15 min = 1,125 m: all 36.
    """
    answer = client.get("/api/cities/tiny/stations/c1/service-area?profile=walk")
    found = ServiceArea.model_validate(answer.json)
    bands = {band.properties.minutes: band.properties for band in found.features[:-1]}
    assert {minutes: band.people for minutes, band in bands.items()} == {5: 150, 10: 350, 15: 360}
    assert bands[5].area_m2 < bands[10].area_m2 < bands[15].area_m2
    ring = found.features[-1].properties
    assert (ring.kind, ring.radius_m) == ("ring", 1125.0)
    assert ring.area_m2 == pytest.approx(3.14159 * 1125**2, rel=0.01)


def test_service_area_refuses_an_unknown_profile(client):
    answer = client.get("/api/cities/tiny/stations/c1/service-area?profile=fly")
    assert answer.status_code == 422
    assert "ebike" in answer.json["detail"]
