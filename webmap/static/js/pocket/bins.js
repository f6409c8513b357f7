// Line segments sorted into the squares of a grid, so that near ones are found at once.

const SQUARE_M = 50;
const MOST_SQUARES = 4_000_000;

export class Bins {
  /** `ends` holds x0, y0, x1, y1 of each segment. */
  constructor(ends) {
    this.ends = ends;
    const [west, south, east, north] = bounds(ends);
    this.left = west;
    this.bottom = south;
    this.size = Math.max(SQUARE_M, Math.sqrt(((east - west) * (north - south)) / MOST_SQUARES));
    this.columns = Math.floor((east - west) / this.size) + 1;
    this.rows = Math.floor((north - south) / this.size) + 1;
    this.first = new Int32Array(this.columns * this.rows + 1);
    this.#each((square) => { this.first[square + 1] += 1; });
    for (let k = 1; k < this.first.length; k += 1) this.first[k] += this.first[k - 1];
    const next = this.first.slice();
    this.segment = new Int32Array(this.first[this.first.length - 1]);
    this.#each((square, i) => {
      this.segment[next[square]] = i;
      next[square] += 1;
    });
  }

  #each(visit) {
    const { ends } = this;
    for (let i = 0, k = 0; k < ends.length; i += 1, k += 4) {
      const [x0, y0, x1, y1] = [ends[k], ends[k + 1], ends[k + 2], ends[k + 3]];
      this.#squares(Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1),
        (square) => visit(square, i));
    }
  }

  #squares(west, south, east, north, visit) {
    const last = this.#column(east);
    const top = this.#row(north);
    for (let row = this.#row(south); row <= top; row += 1) {
      for (let column = this.#column(west); column <= last; column += 1) {
        if (visit(row * this.columns + column)) return true;
      }
    }
    return false;
  }

  #column(x) {
    return Math.min(Math.max(Math.floor((x - this.left) / this.size), 0), this.columns - 1);
  }

  #row(y) {
    return Math.min(Math.max(Math.floor((y - this.bottom) / this.size), 0), this.rows - 1);
  }

  /** Return whether a test holds for any segment that may touch a box; some are asked twice. */
  some(west, south, east, north, test) {
    return this.#squares(west, south, east, north, (square) => {
      for (let k = this.first[square]; k < this.first[square + 1]; k += 1) {
        if (test(this.segment[k])) return true;
      }
      return false;
    });
  }
}

function bounds(ends) {
  if (!ends.length) return [0, 0, 0, 0];
  const found = [Infinity, Infinity, -Infinity, -Infinity];
  for (let k = 0; k < ends.length; k += 1) {
    const axis = k % 2;
    found[axis] = Math.min(found[axis], ends[k]);
    found[axis + 2] = Math.max(found[axis + 2], ends[k]);
  }
  return found;
}
