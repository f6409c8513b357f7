// The shortest line over the WGS84 ellipsoid, by Vincenty's inverse formula (Survey Review 23, 1975).

const A = 6378137;
const F = 1 / 298.257223563;
const B = A * (1 - F);
const ROUNDS = 100; // places at the ends of a diameter do not come to rest; they get the last round

const radians = (degrees) => (degrees * Math.PI) / 180;

/** Return the metres between two positions in degrees. */
export function straightMetres(fromLon, fromLat, toLon, toLat) {
  const apart = radians(toLon - fromLon);
  const [u1, u2] = [fromLat, toLat].map((lat) => Math.atan((1 - F) * Math.tan(radians(lat))));
  const [sin1, cos1, sin2, cos2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  let lambda = apart;
  let found = null;
  for (let round = 0; round < ROUNDS; round += 1) {
    const [sinL, cosL] = [Math.sin(lambda), Math.cos(lambda)];
    const sinS = Math.hypot(cos2 * sinL, cos1 * sin2 - sin1 * cos2 * cosL);
    if (sinS === 0) return 0;
    const cosS = sin1 * sin2 + cos1 * cos2 * cosL;
    const sigma = Math.atan2(sinS, cosS);
    const sinA = (cos1 * cos2 * sinL) / sinS;
    const square = 1 - sinA * sinA;
    const middle = square ? cosS - (2 * sin1 * sin2) / square : 0; // on the equator
    const c = (F / 16) * square * (4 + F * (4 - 3 * square));
    const next = apart + (1 - c) * F * sinA
      * (sigma + c * sinS * (middle + c * cosS * (2 * middle * middle - 1)));
    found = { sigma, sinS, cosS, square, middle };
    if (Math.abs(next - lambda) < 1e-12) break;
    lambda = next;
  }
  const { sigma, sinS, cosS, square, middle } = found;
  const k = square * ((A * A) / (B * B) - 1);
  const a = 1 + (k / 16384) * (4096 + k * (-768 + k * (320 - 175 * k)));
  const b = (k / 1024) * (256 + k * (-128 + k * (74 - 47 * k)));
  const twice = 2 * middle * middle - 1;
  const bend = b * sinS * (middle + (b / 4) * (cosS * twice
    - (b / 6) * middle * (4 * sinS * sinS - 3) * (4 * middle * middle - 3)));
  return B * a * (sigma - bend);
}
