// The day's curve: how many are covered at each hour, as an SVG that fills its box.
import { fill } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const HOURS = 24;
const [WIDTH, HEIGHT] = [240, 100]; // of the drawing, which is stretched over its box
const AIR = 0.34; // above the highest value: the plot's words stand there

function node(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/**
 * Draw the values of 25 full hours (0…24 o'clock; `null` breaks the line). `ceiling` is what would
 * be reached at whatever hour: the scale, and a line across.
 */
export function drawCurve(svg, values, ceiling) {
  const top = Math.max(ceiling, ...values.filter((value) => value !== null), 1e-9) * (1 + AIR);
  const x = (hour) => (hour * WIDTH) / HOURS;
  const y = (value) => HEIGHT - (value / top) * HEIGHT;
  const points = values.flatMap((value, hour) => (value === null ? [] : [[x(hour), y(value)]]));
  const line = points.map(([px, py]) => `${px.toFixed(2)},${py.toFixed(2)}`).join(" ");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("preserveAspectRatio", "none");
  if (!points.length) {
    fill(svg);
    return;
  }
  const [first, last] = [points[0][0], points.at(-1)[0]];
  fill(svg,
    node("polygon", { class: "area", points: `${first},${HEIGHT} ${line} ${last},${HEIGHT}` }),
    node("polyline", { class: "line", points: line, "vector-effect": "non-scaling-stroke" }),
    node("line", {
      class: "ceiling", x1: 0, x2: WIDTH, y1: y(ceiling), y2: y(ceiling),
      "vector-effect": "non-scaling-stroke",
    }));
}

/** Return the height of the curve at a minute of the day, 0…1 of the box from below. */
export function heightAt(values, ceiling, minute) {
  const top = Math.max(ceiling, ...values.filter((value) => value !== null), 1e-9) * (1 + AIR);
  const hour = Math.min(HOURS - 1, Math.floor(minute / 60));
  const [from, to] = [values[hour], values[hour + 1] ?? values[hour]];
  if (from === null || from === undefined) return 0;
  return (from + ((to - from) * (minute - hour * 60)) / 60) / top;
}
