// A view as a small drawing: which layers it shows, whether by night, whether before and after.
import { h } from "../../dom.js";

const SVG = "http://www.w3.org/2000/svg";

function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// Six cells that fill the drawing; what they look like is in the style sheet.
const CELLS = [
  ["M0 0h22l4 15L0 19z", 5], ["M22 0h20l-3 12-13 3z", 4], ["M42 0h22v17l-25-5z", 3],
  ["M0 19l26-4 2 25H0z", 4], ["M26 15l13-3 9 10-4 18H28z", 2], ["M39 12l25 5v23H44l4-18z", 1],
];
const STATIONS = [[14, 11], [33, 24], [51, 12]];

const DRAW = {
  cells: () => CELLS.map(([d, share]) => svg("path", { d, class: `cell share-${share}` })),
  gaps: () => [
    svg("path", { d: "M39 12l25 5v23H44l4-18z", class: "gap" }),
    svg("path", { d: "M46 38l17-17M46 30l13-13M53 39l11-11M60 40l4-4", class: "hatch" }),
  ],
  circles: () => [svg("path", { d: "M20 9c6-6 18-4 21 3 6 1 7 9 2 13-1 7-13 9-17 4-8 1-12-13-6-20z", class: "circle" })],
  ring: () => [svg("circle", { cx: 31, cy: 20, r: 17, class: "ring" })],
  stations: () => STATIONS.map(([cx, cy]) => svg("circle", { cx, cy, r: 2.6, class: "station" })),
};
const ORDER = ["cells", "gaps", "circles", "ring", "stations"];

const isNight = (at) => {
  const hour = Number(/(\d\d):\d\d$/.exec(at ?? "12:00")[1]);
  return hour >= 20 || hour < 6;
};

/** Return the drawing of a view. */
export function sketch({ layers, asked, against }) {
  const drawn = ORDER.filter((name) => layers.includes(name)).flatMap((name) => DRAW[name]());
  if (asked.scenario) drawn.push(svg("path", { d: "M24 8v8M20 12h8", class: "new" }));
  if (against) drawn.push(svg("path", { d: "M32 0v40", class: "divider" }));
  return h("span.sketch", { "data-night": isNight(asked.at) ? "" : null, "aria-hidden": "true" },
    svg("svg", { viewBox: "0 0 64 40" }, ...drawn));
}
