"""Read files of many kinds into checked frames; nothing else in ``geo`` opens an input."""
