"""Make Yundu (云渡), an invented river city, as the importer's input files.

Nothing here is measured: every street, name, person and station is made up from one seed. The
modules stand in the order of the work::

    geometry   splines, splitting and packing of polygons
    plan       the drawn plan: river, main roads, railway, motorway, quarters
    terrain    water, hill, parks and the city's outline
    network    strokes of streets, joined where they meet
    streets    main roads, bridges and the local streets of every quarter
    blocks     the ground between the streets, and its use
    compounds  walls, gates and the lanes behind them
    guards     names and hours of the gates, and the stations behind them
    buildings  houses on every kind of ground
    cells      the five-level grid
    people     315 compounds with 280,000 residents
    stations   164 places that serve riders
    names      invented Chinese names
    write      PBF, GeoPackage and CSV, the same bytes on every run
"""
