"""Keep what people write: scenarios, and later jobs and reports. The only SQL of the project.

``engine`` opens the database and keeps its tables up to date, ``tables`` says what they hold,
``migrations`` how they came to be; the other modules speak of their subject in plain values.
"""
