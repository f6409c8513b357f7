// The arrows of a way: drawn from the angle of the turn, so that left and right cannot be mixed up.

const SVG = "http://www.w3.org/2000/svg";

// How the direction changes, degrees to the right.
const ANGLES = {
  start: 0, straight: 0,
  slight_right: 40, right: 90, sharp_right: 140,
  slight_left: -40, left: -90, sharp_left: -140,
};

const ARM = 9; // of 24 units
const BARB = 4.4;
const TOP = 4; // nothing is drawn above
const BEND = 7.5; // and no stem bends above this, unless its arm leads down

const PATHS = {
  back: "M8 21V9.5a4.5 4.5 0 0 1 9 0V17M13.2 13.4L17 17.4l3.8-4",
  arrive: "M7 21V4M7 5h10.5l-2.6 3.6 2.6 3.6H7",
  stairs: "M3.5 20H8v-4.2h4.2v-4.2h4.2V7.4h4.3V4",
  leave: "M5 4h14v16H5zM10 16.5v-9h3a2.6 2.6 0 0 1 0 5.2h-3",
};

const round = (value) => Math.round(value * 100) / 100;

const toward = (degrees, length) => {
  const radians = (degrees * Math.PI) / 180;
  return [round(length * Math.sin(radians)), round(-length * Math.cos(radians))];
};

/** Return the path of an arrow that comes from below and leaves at an angle, degrees to the right. */
export function arrow(angle) {
  const [across, up] = toward(angle, ARM);
  const from = round(12 - across / 2); // the whole stands in the middle
  const bend = round(up > 1 ? TOP : Math.max(BEND, TOP - up));
  const tip = `${round(from + across)} ${round(bend + up)}`;
  const barbs = [angle + 145, angle - 145].map((degrees) => `M${tip}l${toward(degrees, BARB).join(" ")}`);
  return `M${from} 21V${bend}L${tip}${barbs.join("")}`;
}

/** Return the pictogram of a step: what is done there, or else how it turns. */
export function sign({ kind, turn }) {
  const path = PATHS[kind] ?? PATHS[turn] ?? arrow(ANGLES[turn] ?? 0);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
