// A binary heap of (time, node): the earliest first, of equal times the lowest node. Both stand in
// one double, which holds whole numbers below 2^53.

export class Heap {
  constructor(nodes) {
    this.nodes = Math.max(nodes, 1);
    this.entries = new Float64Array(1024);
    this.size = 0;
  }

  /** The earliest key. */
  get least() {
    return Math.floor(this.entries[0] / this.nodes);
  }

  push(key, node) {
    if (this.size === this.entries.length) {
      const wider = new Float64Array(2 * this.size);
      wider.set(this.entries);
      this.entries = wider;
    }
    const { entries } = this;
    const entry = key * this.nodes + node;
    let at = this.size;
    this.size += 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (entries[above] <= entry) break;
      entries[at] = entries[above];
      at = above;
    }
    entries[at] = entry;
  }

  pop() {
    const { entries } = this;
    const top = entries[0];
    this.size -= 1;
    const moved = entries[this.size];
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= this.size) break;
      if (below + 1 < this.size && entries[below + 1] < entries[below]) below += 1;
      if (entries[below] >= moved) break;
      entries[at] = entries[below];
      at = below;
    }
    entries[at] = moved;
    const node = top % this.nodes;
    return { key: (top - node) / this.nodes, node };
  }
}
