"""Page of the rider: the nearest stations that can really be used, on a phone, network or not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from flask import Blueprint, Response, current_app, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from webmap import catalog, geojson, icons, language, modules, pocket, responses
from webmap.catalog import LoadedCity

rider = Blueprint("rider", __name__)

_MANIFEST = "application/manifest+json"
_SCRIPT = "text/javascript"


@rider.get("/<slug>/find")
def find(slug: str) -> Response:
    """Show the nearest stations; the position never stands in the address.

    The page names the modules that its list needs, so that a slow network brings them all at once;
    those of the map come after the list.
    """
    city = catalog.current().city(slug)
    static = Path(str(current_app.static_folder))
    return responses.page(
        "find",
        city=dict(city.facts),
        parts=city.parts["find"],
        offers=offers(city),
        modules=modules.needed(["js/find.js"], static, later=False),
    )


def offers(city: LoadedCity) -> list[str]:
    """Return the services that stations in service offer, the most common first."""
    stations = city.data.stations
    texts = stations["services"][stations["status"] == "open"]
    counts = Counter(key for text in texts for key in text.split(";") if key)
    return sorted(counts, key=lambda key: (-counts[key], key))


@rider.get("/<slug>/find/manifest.webmanifest")
def manifest(slug: str) -> Response:
    """Say how the page stands on a home screen."""
    city = catalog.current().city(slug)
    page = url_for("rider.find", slug=slug)
    told = {
        "id": page,
        "name": f"{gettext('找驿站')} · {city.facts['name']}",
        "short_name": gettext("找驿站"),
        "lang": language.chosen(),
        "start_url": page,
        "scope": page,
        "display": "standalone",
        "theme_color": icons.BLUE,
        "background_color": icons.WHITE,
        "icons": [
            {
                "src": url_for("rider.icon", slug=slug, name=name),
                "sizes": f"{icon.side}x{icon.side}",
                "type": "image/png",
                "purpose": icon.purpose,
            }
            for name, icon in icons.ICONS.items()
        ],
    }
    stamp = f"{city.version}.{language.chosen()}"
    return responses.body(stamp, lambda: geojson.encode(told), mimetype=_MANIFEST)


@rider.get("/<slug>/find/<name>.png")
def icon(slug: str, name: str) -> Response:
    """Give a picture for the home screen."""
    catalog.current().city(slug)
    if name not in icons.ICONS:
        raise NotFound(f"there is no picture {name!r}; there are: {', '.join(icons.ICONS)}")
    return responses.body("icon", lambda: icons.png(name), mimetype="image/png")


@rider.get("/sw.js")
def service_worker() -> Response:
    """Give the script that opens the page of one city (``?city=``) without network.

    It changes with the page, with every file that the page needs and with the city.
    """
    city = catalog.current().city(request.args.get("city", ""))
    html = find(city.slug).get_data(as_text=True)
    beside = [url_for("rider.manifest", slug=city.slug)]
    beside += [url_for("rider.icon", slug=city.slug, name=name) for name in icons.ICONS]
    static = Path(str(current_app.static_folder))
    software = current_app.config["SOFTWARE_STAMP"]
    shell = pocket.shell(city, url_for("rider.find", slug=city.slug), html, static, software)
    shell["files"] += beside
    response = Response(pocket.worker(shell, static), mimetype=_SCRIPT)
    response.headers["Cache-Control"] = responses.REVALIDATE
    return response
