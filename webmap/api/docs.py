"""Show the description of the API to people; everything comes from this server."""

from __future__ import annotations

import base64
import hashlib

from apiflask import APIBlueprint
from flask import Response, render_template_string, url_for

from webmap import responses

docs = APIBlueprint("docs", __name__, enable_openapi=False)

_SCRIPT = (
    'SwaggerUIBundle({url:"/api/openapi.json",dom_id:"#docs",deepLinking:true,'
    "validatorUrl:null,syntaxHighlight:false});"
)
_HASH = "sha256-" + base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
_PAGE = """<!doctype html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>驿站 · API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{{ css }}">
</head>
<body>
<div id="docs"></div>
<script src="{{ bundle }}"></script>
<script>{{ script|safe }}</script>
</body>
</html>
"""


@docs.get("/api/docs")
def page() -> Response:
    """Show the documentation page."""
    package = "vendor/swagger-ui-dist"
    text = render_template_string(
        _PAGE,
        css=url_for("static", filename=f"{package}/swagger-ui.css"),
        bundle=url_for("static", filename=f"{package}/swagger-ui-bundle.js"),
        script=_SCRIPT,
    )
    response = Response(text, mimetype="text/html")
    response.headers["Content-Security-Policy"] = responses.content_security_policy([_HASH])
    response.headers["Cache-Control"] = responses.REVALIDATE
    return response
