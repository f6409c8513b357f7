// Where stations could be, beside street junctions: all over one gap, or points that somebody lists.
import { t } from "../i18n.js";
import { gapName } from "../panel.js";

const SIDE = 14; // points along each side of a gap's bounds
const MOST = 2000; // the server takes no more

function inside([x, y], rings) {
  let within = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [a, b] = [ring[i], ring[j]];
      if (a[1] > y !== b[1] > y && x < ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]) + a[0]) within = !within;
    }
  }
  return within;
}

/** Return points all over a gap, GeoJSON, as the server takes candidates. */
export function overGap({ geometry, properties }) {
  const parts = geometry.type === "MultiPolygon" ? geometry.coordinates : [geometry.coordinates];
  const all = parts.flat(2);
  const [xs, ys] = [0, 1].map((axis) => all.map((place) => place[axis]));
  const [west, south] = [Math.min(...xs), Math.min(...ys)];
  const step = [(Math.max(...xs) - west) / SIDE, (Math.max(...ys) - south) / SIDE];
  const name = gapName(properties).slice(0, 100);
  const found = [];
  for (let i = 0; i < SIDE * SIDE; i += 1) {
    const place = [west + step[0] * ((i % SIDE) + 0.5), south + step[1] * (Math.floor(i / SIDE) + 0.5)];
    if (parts.some((rings) => inside(place, rings))) found.push(place);
  }
  return (found.length ? found : [all[0]]).map(([lon, lat]) => ({ lon, lat, name }));
}

/** Read lines “longitude, latitude, name”; throws with the first line that is none. */
export function listed(text) {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  if (!lines.length) throw new Error(t("请列出候选点：每行一个经度、纬度和名称。"));
  if (lines.length > MOST) throw new Error(t("候选点最多 {n} 个。", { n: MOST }));
  return lines.map((line, i) => {
    const [lon, lat, ...name] = line.split(/[,\t\uff0c]\s*/);
    const place = { lon: Number(lon), lat: Number(lat), name: name.join(" ").trim().slice(0, 100) };
    const isFit = lon && lat && Math.abs(place.lon) <= 180 && Math.abs(place.lat) <= 90;
    if (!isFit) throw new Error(t("第 {n} 行看不懂：{line}", { n: i + 1, line: line.slice(0, 40) }));
    return place;
  });
}
