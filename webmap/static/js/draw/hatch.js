// The 45° hatch that marks what is not served; it holds in grey print and for colour-blind eyes.

const PERIOD = 8; // divides 256, so the lines run on from tile to tile

/** Return a canvas pattern in CSS pixels; `mirrored` leans the other way, sharp at the screen's own resolution. */
export function hatch(context, { line, ground = null, width = 1.1, mirrored = false }) {
  const ratio = Math.max(1, Math.ceil(globalThis.devicePixelRatio || 1));
  const tile = document.createElement("canvas");
  tile.width = tile.height = PERIOD * ratio;
  const pen = tile.getContext("2d");
  pen.scale(ratio, ratio);
  if (ground) {
    pen.fillStyle = ground;
    pen.fillRect(0, 0, PERIOD, PERIOD);
  }
  if (mirrored) pen.transform(-1, 0, 0, 1, PERIOD, 0);
  pen.strokeStyle = line;
  pen.lineWidth = width;
  pen.beginPath();
  for (const shift of [-PERIOD, 0, PERIOD]) {
    pen.moveTo(shift - 2, PERIOD + 2);
    pen.lineTo(shift + PERIOD + 2, -2);
  }
  pen.stroke();
  const pattern = context.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern;
}
