// The ground below the cells and the streets above them.
import { byZoom, dressable, trace, vectorLayer } from "./vector.js";

const LINKS = /_link$/;

// Class of street → from which zoom it is drawn, and its width in pixels by zoom.
const CLASSES = [
  {
    of: ["footway", "path", "steps", "pedestrian", "cycleway", "corridor", "bridleway", "track"],
    from: 15,
    width: [[14, 0.5], [16, 1.1], [18, 2.4]],
    dash: [3, 2.5],
  },
  { of: ["service"], from: 14, width: [[13, 0.4], [15, 1.2], [18, 5]] },
  {
    of: ["residential", "unclassified", "living_street", "road", "busway"],
    from: 12,
    width: [[12, 0.5], [13, 0.8], [15, 2.4], [18, 9]],
  },
  { of: ["tertiary"], from: 11, width: [[10, 0.4], [13, 1.4], [15, 3.6], [18, 12]] },
  { of: ["secondary"], from: 10, width: [[9, 0.4], [13, 2], [15, 4.6], [18, 15]] },
  { of: ["primary"], from: 8, width: [[8, 0.5], [13, 2.6], [15, 5.4], [18, 17]] },
  { of: ["trunk", "motorway"], from: 8, width: [[8, 0.8], [13, 3.2], [15, 6], [18, 19]] },
];

function line({ color, width, dash, extra = 0, cap = "round" }) {
  const wide = byZoom(width);
  return {
    before(context, z) {
      context.strokeStyle = color;
      context.lineWidth = wide(z) + extra;
      context.globalAlpha = 1;
      context.lineCap = dash ? "butt" : cap;
      context.lineJoin = "round";
      context.setLineDash(dash ?? []);
    },
    draw(context, geometry) {
      trace(context, geometry);
      context.stroke();
    },
  };
}

function area({ fill, stroke = null }) {
  return {
    before(context) {
      context.globalAlpha = 1;
      context.fillStyle = fill;
      context.strokeStyle = stroke;
      context.lineWidth = 0.6;
    },
    draw(context, geometry) {
      trace(context, geometry);
      context.fill();
      if (stroke) context.stroke();
    },
  };
}

export function ground({ pane, sources, ...look }) {
  const rules = (style) => ({ paint: groundRules(style) });
  return dressable(vectorLayer({ pane, sources, ...rules(look.style) }), look, rules);
}

function groundRules(style) {
  return [
    { dataSource: "green", dataLayer: "green", symbolizer: area({ fill: style.green }) },
    { dataSource: "water", dataLayer: "water", symbolizer: area({ fill: style.water }) },
    {
      dataSource: "buildings",
      dataLayer: "buildings",
      minzoom: 15,
      symbolizer: area({ fill: style.building, stroke: style.buildingLine }),
    },
  ];
}

function isOf(classes) {
  const wanted = new Set(classes);
  return (_z, feature) => {
    const highway = String(feature.props.highway ?? "").replace(LINKS, "");
    return wanted.has(highway) && !isTrue(feature.props.tunnel);
  };
}

// Writers of tiles store booleans as true, 1 or "yes".
function isTrue(value) {
  return value === true || value === 1 || value === "yes" || value === "true";
}

export function streets({ pane, sources, ...look }) {
  const rules = (style) => ({ paint: streetRules(sources, style) });
  return dressable(vectorLayer({ pane, sources, ...rules(look.style) }), look, rules);
}

function streetRules(sources, style) {
  const thick = { dataSource: "roads", dataLayer: "roads" };
  // Far out the main streets come from a lighter set; it must not be enlarged below its zoom.
  const far = sources.arterials && {
    dataSource: "arterials",
    dataLayer: "arterials",
    maxzoom: sources.arterials.maxDataZoom + 1,
  };
  const rail = { dataSource: "rail", dataLayer: "rail" };
  const casings = CLASSES.filter((kind) => !kind.dash).map((kind) => ({
    ...thick,
    minzoom: Math.max(kind.from, 13),
    filter: isOf(kind.of),
    symbolizer: line({ color: style.casing, width: kind.width, extra: 1.1 }),
  }));
  const fills = [thick, far].filter(Boolean).flatMap((roads) => CLASSES.map((kind) => ({
    ...roads,
    minzoom: kind.from,
    filter: isOf(kind.of),
    symbolizer: line({
      color: kind.dash ? style.path : style.road,
      width: kind.width,
      dash: kind.dash,
    }),
  })));
  const thin = [[10, 0.6], [14, 1.2], [18, 3]];
  return [
    { ...rail, minzoom: 11, symbolizer: line({ color: style.rail, width: thin }) },
    {
      ...rail,
      minzoom: 13,
      symbolizer: line({ color: style.road, width: [[13, 0.5], [18, 1.8]], dash: [6, 6] }),
    },
    ...casings,
    ...fills,
  ];
}
