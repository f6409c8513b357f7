// The arrows of a way: drawn from the angle of the turn, so that left and right cannot be mixed up.

const SVG = "http://www.w3.org/2000/svg";

// How the direction changes, degrees to the right.
const ANGLES = {
  start: 0, straight: 0,
  slight_right: 40, right: 90, sharp_right: 140,
  slight_left: -40, left: -90, sharp_left: -140,
};

const STEM = 12.5; // where the arrow bends, from the top of its 24 units
const ARM = 8.5;
const BARB = 4.2;

const PATHS = {
  back: "M8 21V9.5a4.5 4.5 0 0 1 9 0V17M13.2 13.4L17 17.4l3.8-4",
  arrive: "M7 21V4M7 5h10.5l-2.6 3.6 2.6 3.6H7",
  stairs: "M3.5 20H8v-4.2h4.2v-4.2h4.2V7.4h4.3V4",
  leave: "M5 4h14v16H5zM10 16.5v-9h3a2.6 2.6 0 0 1 0 5.2h-3",
};

const round = (value) => Math.round(value * 100) / 100;

/** Return the path of an arrow that comes from below and leaves at an angle, degrees to the right. */
export function arrow(angle) {
  const toward = (degrees, length) => {
    const radians = (degrees * Math.PI) / 180;
    return [length * Math.sin(radians), -length * Math.cos(radians)];
  };
  const [x, y] = angle === 0 ? [0, STEM - 4] : toward(angle, ARM);
  const tip = angle === 0 ? [12, 4] : [12 + x, STEM + y];
  const barbs = [angle + 145, angle - 145].map((degrees) => {
    const [dx, dy] = toward(degrees, BARB);
    return `M${round(tip[0])} ${round(tip[1])}l${round(dx)} ${round(dy)}`;
  });
  return `M12 21V${STEM}L${round(tip[0])} ${round(tip[1])}${barbs.join("")}`;
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
