"""Analyse who reaches a rest station in time: functions over GeoDataFrames and arrays, no web."""
