// From degrees to the city's metres and back: the polynomial of geo/pocket/projection.py, by the
// very same operations in the same order, so that both sides hold the same doubles.

export class Ground {
  constructor({ centre, scale, x, y }) {
    this.centre = centre;
    this.scale = scale;
    this.rows = [x, y];
  }

  /** Return [easting, northing] of degrees. */
  metres(lon, lat) {
    const s = (lon - this.centre[0]) * this.scale[0];
    const t = (lat - this.centre[1]) * this.scale[1];
    return [horner(this.rows[0], s, t), horner(this.rows[1], s, t)];
  }

  /** Return [longitude, latitude] of metres, by Newton's steps. */
  degrees(x, y) {
    let [lon, lat] = this.centre;
    const h = 1e-5;
    for (let i = 0; i < 8; i += 1) {
      const [atX, atY] = this.metres(lon, lat);
      const [eastX, eastY] = this.metres(lon + h, lat);
      const [northX, northY] = this.metres(lon, lat + h);
      const [a, b] = [(eastX - atX) / h, (northX - atX) / h];
      const [c, d] = [(eastY - atY) / h, (northY - atY) / h];
      const whole = a * d - b * c;
      lon += ((x - atX) * d - (y - atY) * b) / whole;
      lat += ((y - atY) * a - (x - atX) * c) / whole;
    }
    return [lon, lat];
  }
}

function horner(rows, s, t) {
  let total = 0;
  for (let i = rows.length - 1; i >= 0; i -= 1) {
    const row = rows[i];
    let inner = 0;
    for (let j = row.length - 1; j >= 0; j -= 1) inner = inner * t + row[j];
    total = total * s + inner;
  }
  return total;
}
