// The cells: geometry from tiles, colours from the figures of one study, one level at a time.
import { hatch } from "./hatch.js";
import { byZoom, repaint, trace, vectorLayer } from "./vector.js";

const border = byZoom([[10, 0.15], [12, 0.4], [14, 0.8], [16, 1]]);

/** Return the class 0…4 of a covered share 0…1. */
export function shareClass(share) {
  return Math.min(4, Math.max(0, Math.floor(share * 5)));
}

/** Return what of a cell's figure is seen: a class of share, "gap" or nothing. */
function look(figure) {
  if (!figure || figure.share === null) return null;
  return figure.gap ? "gap" : shareClass(figure.share);
}

// Less is hatched: it holds in grey print and for colour-blind eyes.
function differencePatterns(context, { less, same, more }) {
  const [little, much] = less.map((colors) => hatch(context, colors));
  return { "-2": much, "-1": little, 0: same, 1: more[0], 2: more[1] };
}

class CellPainter {
  constructor(style, level) {
    this.style = style;
    this.level = level;
    this.figures = new Map(); // code → {share, gap}; empty while loading
    this.differences = null; // code → −2…2 or null; then nothing else is shown
    this.selected = null;
    this.hinted = null;
  }

  before(context) {
    context.globalAlpha = 1;
    context.lineJoin = "round";
    this.pattern = hatch(context, { line: this.style.gapHatch, ground: this.style.gapFill });
    if (this.differences) this.signs = differencePatterns(context, this.style.difference);
  }

  // Where nobody lives there is nothing to say: the ground shows through.
  fill(code) {
    if (this.differences) return this.signs[this.differences.get(code)] ?? null;
    const seen = look(this.figures.get(code));
    if (seen === null) return null;
    return seen === "gap" ? this.pattern : this.style.share[seen];
  }

  draw(context, geometry, z, feature) {
    const fill = this.fill(feature.props.code);
    trace(context, geometry);
    context.globalAlpha = fill ? 1 : 0.35;
    if (fill) {
      context.fillStyle = fill;
      context.fill();
    }
    context.lineWidth = border(z);
    context.strokeStyle = this.style.outline;
    context.stroke();
  }
}

// One cell's outline, in its own pane above the streets; it reads the cells' loaded tiles.
class SelectionPainter {
  constructor(style, cells) {
    this.style = style;
    this.cells = cells;
  }

  before(context) {
    context.globalAlpha = 1;
    context.lineJoin = "round";
  }

  draw(context, geometry, _z, feature) {
    trace(context, geometry);
    const [casing, width] = feature.props.code === this.cells.selected ? [5, 2.5] : [3, 1.5];
    for (const [color, wide] of [["#ffffff", casing], [this.style.selected, width]]) {
      context.strokeStyle = color;
      context.lineWidth = wide;
      context.stroke();
    }
  }
}

export function cells({ pane, sources, level, style }) {
  const painter = new CellPainter(style, level);
  const rule = { dataSource: "cells", dataLayer: "cells" };
  const ofLevel = (_z, feature) => Number(feature.props.level) === painter.level;
  const isSelected = (_z, { props: { code } }) =>
    code === painter.selected || code === painter.hinted;
  const layer = vectorLayer({
    pane,
    sources,
    paint: [{ ...rule, symbolizer: painter, filter: ofLevel }],
  });
  const selection = vectorLayer({
    pane: "ring",
    sources,
    paint: [{ ...rule, symbolizer: new SelectionPainter(style, painter), filter: isSelected }],
  });
  layer.on("add", () => selection.addTo(layer._map));
  layer.on("remove", () => selection.remove());
  layer.palette = style;

  /**
   * Colour the cells of a level: `figures` is code → {share: 0…1|null, gap: boolean}. Resolves when
   * every tile is painted; those in which nothing looks different are left as they are.
   */
  layer.show = (shown, figures) => {
    const before = { level: painter.level, figures: painter.figures };
    Object.assign(painter, { level: shown, figures });
    const looksNew = ({ props: { code } }) =>
      look(figures.get(code)) !== look(before.figures.get(code));
    return repaint(layer, "cells", shown === before.level ? looksNew : () => true);
  };

  /** Let tiles that are yet to come be painted with these figures; those that stand keep theirs. */
  layer.wear = (shown, figures) => Object.assign(painter, { level: shown, figures });

  /** Show the differences of cells (code → −2…2, null: not known) instead of their shares, or not. */
  layer.compare = (differences) => {
    if (!differences && !painter.differences) return Promise.resolve();
    painter.differences = differences;
    return repaint(layer, "cells", () => true);
  };

  /** Return the code of the shown level's cell at a position, as far as its tile is loaded. */
  layer.codeAt = ({ lat, lng }) => {
    const found = layer.queryTileFeaturesDebug(lng, lat, 0).get("cells") ?? [];
    const cell = found.find(({ feature }) => ofLevel(0, feature));
    return cell ? cell.feature.props.code : null;
  };

  /** Return a second layer of the same cells in another pane; it wears its own figures. */
  layer.twin = (other) => cells({ pane: other, sources, level: painter.level, style });

  /** Outline one cell, or none. */
  layer.select = (code) => {
    if (code === painter.selected) return;
    painter.selected = code;
    selection.rerenderTiles();
  };

  /** Outline one cell thinly while the pointer is on its row. */
  layer.hint = (code) => {
    if (code === painter.hinted) return;
    painter.hinted = code;
    selection.rerenderTiles();
  };
  return layer;
}
