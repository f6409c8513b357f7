// The cells: geometry from tiles, colours from the figures of one study, one level at a time.
import { hatch } from "./hatch.js";
import { byZoom, trace, vectorLayer } from "./vector.js";

const border = byZoom([[10, 0.15], [12, 0.4], [14, 0.8], [16, 1]]);

/** Return the class 0…4 of a covered share 0…1. */
export function shareClass(share) {
  return Math.min(4, Math.max(0, Math.floor(share * 5)));
}

class CellPainter {
  constructor(style, level) {
    this.style = style;
    this.level = level;
    this.figures = new Map(); // code → {share, gap}; empty while loading
    this.selected = null;
  }

  before(context) {
    context.globalAlpha = 1;
    context.lineJoin = "round";
    this.pattern = hatch(context, { line: this.style.gapHatch, ground: this.style.gapFill });
  }

  fill(code) {
    const figure = this.figures.get(code);
    if (!figure) return null;
    if (figure.gap) return this.pattern;
    return figure.share === null
      ? this.style.unknown
      : this.style.share[shareClass(figure.share)];
  }

  draw(context, geometry, z, feature) {
    const fill = this.fill(feature.props.code);
    trace(context, geometry);
    if (fill) {
      context.fillStyle = fill;
      context.fill();
    }
    context.lineWidth = border(z);
    context.strokeStyle = this.style.outline;
    context.stroke();
  }
}

class SelectionPainter {
  constructor(cells) {
    this.cells = cells;
  }

  before(context) {
    context.globalAlpha = 1;
    context.lineJoin = "round";
    context.strokeStyle = this.cells.style.selected;
    context.lineWidth = 2.5;
  }

  draw(context, geometry) {
    trace(context, geometry);
    context.stroke();
  }
}

export function cells({ pane, sources, level, style }) {
  const painter = new CellPainter(style, level);
  const rule = { dataSource: "cells", dataLayer: "cells" };
  const layer = vectorLayer({
    pane,
    sources,
    paint: [
      { ...rule, symbolizer: painter, filter: (_z, f) => Number(f.props.level) === painter.level },
      {
        ...rule,
        symbolizer: new SelectionPainter(painter),
        filter: (_z, f) => f.props.code === painter.selected,
      },
    ],
  });
  layer.palette = style;

  /** Colour the cells of a level: `figures` is code → {share: 0…1|null, gap: boolean}. */
  layer.show = (shown, figures) => {
    painter.level = shown;
    painter.figures = figures;
    layer.rerenderTiles();
  };

  /** Outline one cell, or none. */
  layer.select = (code) => {
    if (code === painter.selected) return;
    painter.selected = code;
    layer.rerenderTiles();
  };
  return layer;
}
