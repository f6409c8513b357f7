"""Draw native charts: bars of amounts, columns of a day's hours, shares side by side, a gain.

What is plotted is what is printed: the value behind a bar is the number that the slide tells, the
exact one stands in the notes. Every chart carries the workbook from which it can be edited.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter
from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.slide import Slide
from pptx.util import Pt

from geo.handout.slide_text import Place, Ruler, clean, colour_of, describe, spoken
from geo.report import style
from geo.report.numbers import Figure

#: How Excel writes people, km² (as :func:`geo.report.numbers.square_km`) and percent.
PEOPLE, GROUND, PERCENT = "#,##0", "[>=100]#,##0.0;#,##0.00", '0.0" %"'
_LABEL = 11.0
_HOURS = 24
#: Every so many hours one is named under the columns of a day.
_STEP = 3
#: The part of a chart that the names of its bars may take, and the room beyond the longest bar
#: for its number.
_NAMES, _BEYOND = 0.46, 1.24
_STILL = datetime(2000, 1, 1)


@dataclass(frozen=True)
class Series:
    """Hold values of one colour: what they are called, what is plotted (``None``: not told)."""

    name: str
    values: tuple[float | None, ...]
    colour: str


def plotted(figure: Figure) -> float | None:
    """Return the number that is printed for a figure, ``None`` where none is told."""
    return None if figure.value is None else float(figure.text.replace(",", ""))


def bars(
    slide: Slide,
    place: Place,
    rows: Sequence[tuple[str, Figure, str]],
    ruler: Ruler,
    *,
    name: str,
    form: str,
) -> Chart:
    """Draw bars from the left, the first on top: titles, figures and their colours.

    A figure that is withheld has no bar; what is told in its place stands beside its title.
    """
    longest = place[2] * _NAMES
    titles = [
        ruler.fitted(clean(f"{title}{_withheld(figure)}"), (_LABEL,), (longest, _LABEL * 1.3))[0]
        for title, figure, _ in rows
    ]
    values = tuple(plotted(figure) for _, figure, _ in rows)
    series = Series(name, values, style.FIGURE)
    chart = _chart(slide, place, XL_CHART_TYPE.BAR_CLUSTERED, titles, [series], form, ruler)
    _categories(chart).reverse_order = True
    whole = 100.0 if form == PERCENT else max((value or 0.0 for value in values), default=0.0)
    _bare_values(chart, (whole or 1.0) * _BEYOND)
    _beside(chart, max(ruler.width(title, _LABEL) for title in titles) / place[2])
    plot = chart.plots[0]
    plot.gap_width = 45
    for number, (_, _, colour) in enumerate(rows):
        _paint(plot.series[0].points[number].format, colour)
    _labels(plot, form, XL_LABEL_POSITION.OUTSIDE_END, style.INK)
    _described(chart, slide, name, titles, [series], form)
    return chart


def _withheld(figure: Figure) -> str:
    return f" ({figure.text})" if figure.value is None else ""


def hours(
    slide: Slide,
    place: Place,
    shares: Sequence[float | None],
    asked: int,
    told: Figure,
    ruler: Ruler,
    *,
    name: str,
) -> Chart:
    """Draw the 24 full hours of a day as columns of percent; that which is asked speaks."""
    titles = [f"{hour}" for hour in range(_HOURS)]
    series = Series(name, tuple(shares), style.SHARE[4])
    chart = _chart(slide, place, XL_CHART_TYPE.COLUMN_CLUSTERED, titles, [series], PERCENT, ruler)
    values, plot = chart.value_axis, chart.plots[0]
    values.minimum_scale, values.maximum_scale, values.major_unit = 0, 100, 50
    values.format.line.fill.background()
    values.major_gridlines.format.line.color.rgb = colour_of(style.LINE)
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = '0" %"', False
    values.tick_labels.font.size = chart.category_axis.tick_labels.font.size = Pt(_LABEL - 2)
    values.tick_labels.font.color.rgb = colour_of(style.THIRD)
    every = _element("c:tickLblSkip", val=str(_STEP))
    _categories(chart)._element.find(qn("c:noMultiLvlLbl")).addprevious(every)
    plot.gap_width = 30
    _paint(plot.series[0].format, series.colour)
    point = plot.series[0].points[asked]
    _paint(point.format, style.GAP_HATCH)
    if told.value is not None:
        frame = point.data_label.text_frame
        frame.text = f"{told.text} %"
        run = frame.paragraphs[0].runs[0]
        run.font.size, run.font.bold = Pt(_LABEL), True
        run.font.color.rgb = colour_of(style.GAP_TEXT)
        point.data_label.position = XL_LABEL_POSITION.OUTSIDE_END
    _described(chart, slide, name, titles, [series], PERCENT)
    return chart


def stacked(
    slide: Slide,
    place: Place,
    titles: Sequence[str],
    series: Sequence[Series],
    ruler: Ruler,
    *,
    name: str,
    form: str,
) -> Chart:
    """Draw bars made of parts, the first on top, with the names of the parts below."""
    chart = _chart(slide, place, XL_CHART_TYPE.BAR_STACKED, titles, series, form, ruler)
    _categories(chart).reverse_order = True
    _bare_values(chart, None)
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 45, 100
    for drawn, held in zip(plot.series, series, strict=True):
        _paint(drawn.format, held.colour)
    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    chart.legend.font.size = Pt(_LABEL - 1)
    chart.legend.font.color.rgb = colour_of(style.SECOND)
    _labels(plot, form, XL_LABEL_POSITION.CENTER, style.INK)
    for drawn, held in zip(plot.series, series, strict=True):
        if held.colour == style.GOOD:  # too short for its number, which stands in its name
            drawn.data_labels.show_value = False
    _described(chart, slide, name, titles, series, form)
    return chart


# --- parts of a chart ----------------------------------------------------------------------------


def _chart(
    slide: Slide,
    place: Place,
    kind: XL_CHART_TYPE,
    titles: Sequence[str],
    series: Sequence[Series],
    form: str,
    ruler: Ruler,
) -> Chart:
    held = CategoryChartData(number_format=form)
    held.categories = [clean(title) for title in titles]
    for each in series:
        held.add_series(clean(each.name), each.values)
    left, top, width, height = (Pt(each) for each in place)
    shapes: Any = slide.shapes
    chart: Chart = shapes.add_chart(kind, left, top, width, height, held).chart
    part: Any = chart.part
    part.chart_workbook.update_from_xlsx_blob(_workbook(titles, series, form))
    chart.has_title = chart.has_legend = False
    chart.font.size = Pt(_LABEL)
    chart.font.color.rgb = colour_of(style.INK)
    words = chart._chartSpace.find(f"{qn('c:txPr')}//{qn('a:defRPr')}")
    for tag, face in (("a:latin", "+mn-lt"), ("a:ea", "+mn-ea")):
        words.append(_element(tag, typeface=face))
    spoken(words, ruler.lang)
    axis = _categories(chart)
    axis.format.line.fill.background()
    axis.major_tick_mark = XL_TICK_MARK.NONE
    chart.value_axis.major_tick_mark = XL_TICK_MARK.NONE
    return chart


def _categories(chart: Chart) -> Any:
    return chart.category_axis


def _bare_values(chart: Chart, most: float | None) -> None:
    """Show no axis of values: each bar carries its own number."""
    axis = chart.value_axis
    axis.minimum_scale = 0
    if most is not None:
        axis.maximum_scale = most
    axis.has_major_gridlines = False
    axis.tick_label_position = XL_TICK_LABEL_POSITION.NONE
    axis.format.line.fill.background()


def _beside(chart: Chart, names: float) -> None:
    """Keep a part of the width of a chart for the names of its bars, each on one line."""
    area = chart._chartSpace.find(f".//{qn('c:plotArea')}")
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    left = names + 0.03
    manual, inner = _element("c:layout"), _element("c:manualLayout")
    manual.append(inner)
    for tag, value in (
        ("layoutTarget", "inner"),
        ("xMode", "edge"),
        ("yMode", "edge"),
        ("x", f"{left:.4f}"),
        ("y", "0.02"),
        ("w", f"{1.0 - left:.4f}"),
        ("h", "0.96"),
    ):
        inner.append(_element(f"c:{tag}", val=value))
    area.insert(0, manual)


def _element(tag: str, **attributes: str) -> Any:
    made: Any = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(name, value)
    return made


def _paint(form: Any, colour: str) -> None:
    form.fill.solid()
    form.fill.fore_color.rgb = colour_of(colour)
    form.line.fill.background()


def _labels(plot: Any, form: str, position: XL_LABEL_POSITION, colour: str) -> None:
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.number_format, labels.number_format_is_linked = form, False
    labels.position, labels.show_value = position, True
    labels.font.size, labels.font.bold = Pt(_LABEL), True
    labels.font.color.rgb = colour_of(colour)
    labels._element.find(f".//{qn('a:bodyPr')}").set("wrap", "none")


def _described(
    chart: Chart,
    slide: Slide,
    name: str,
    titles: Sequence[str],
    series: Sequence[Series],
    form: str,
) -> None:
    """Say the chart in words: its name, and every value that is told."""
    shape = slide.shapes[-1]
    shape.name = "chart"
    unit = " %" if form == PERCENT else ""
    told = [
        f"{title}{'' if len(series) == 1 else ' ' + each.name} {value:,.10g}{unit}"
        for each in series
        for title, value in zip(titles, each.values, strict=True)
        if value is not None
    ]
    describe(shape, f"{name}: {'; '.join(told)}")


def _workbook(titles: Sequence[str], series: Sequence[Series], form: str) -> bytes:
    """Return the workbook behind a chart, where python-pptx says that its values stand.

    Unlike python-pptx's own it has no date of today, and no text in it becomes a formula.
    """
    held = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(held, options)
    book.set_properties({"created": _STILL})
    sheet, shown = book.add_worksheet(), book.add_format({"num_format": form})
    sheet.set_column(0, 0, 24)
    for row, title in enumerate(titles, 1):
        sheet.write_string(row, 0, clean(title))
    for column, each in enumerate(series, 1):
        sheet.write_string(0, column, clean(each.name))
        for row, value in enumerate(each.values, 1):
            if value is not None:
                sheet.write_number(row, column, value, shown)
    book.close()
    return held.getvalue()
