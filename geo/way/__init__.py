"""Search from a place onward to the stations, trace the way to one of them, tell it in steps."""
