"""Keep requirement tables: what a standard asks of service circles, as data with its source.

``tables/`` holds one TOML file per standard; :mod:`geo.requirements.rules` the values they become,
:mod:`geo.requirements.document` the check that names every fault of a table at once. Files are
opened by :mod:`geo.sources.requirements` only; :mod:`geo.audit` holds a city against the rules.
How to write a table of one's own: ``docs/requirements.md``.
"""
