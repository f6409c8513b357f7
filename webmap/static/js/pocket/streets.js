// The streets of a pocket as typed arrays, and one graph for each travel profile. The meaning of
// every rule is that of geo/network.py, geo/arcs.py and geo/access.py.

export const FORBIDDEN = 0;
export const ON_FOOT = 1;
export const RIDING = 2;
const SLACK_MS = 1e-6; // as in geo.arcs.milliseconds

/** Return the time for metres at a speed, whole milliseconds, rounded up. */
export const milliseconds = (metres, speed) => Math.ceil((metres / speed) * 1000 - SLACK_MS);

export class Streets {
  constructor({ head, section }, ground) {
    this.ground = ground;
    this.names = section("names");
    this.kinds = section("kinds");
    this.kind = Uint16Array.from(section("edge.kind"));
    this.name = Int32Array.from(section("edge.name"));
    this.#connect(section);
    this.#draw(head.parts, section);
    this.#measure(section);
    this.#turn();
    const counts = section("stairs.count");
    this.stairs = new Map(Array.from(section("stairs.edge"), (edge, i) => [edge, counts[i]]));
    this.graphs = new Map();
    let first = 0; // a kind lists its gaits profile by profile, layer by layer
    for (const profile of head.profiles) {
      const blocked = Array.from({ length: profile.layers }, (_, layer) => (
        marks(this.nodes, section(`blocked.${profile.name}.${layer}`))));
      this.graphs.set(profile.name, new Graph(this, profile, first, blocked));
      first += profile.layers;
    }
  }

  #connect(section) {
    const [fromLast, toV] = [section("edge.u"), section("edge.v")];
    this.edges = toV.length;
    this.u = new Int32Array(this.edges);
    this.v = new Int32Array(this.edges);
    for (let e = 0; e < this.edges; e += 1) {
      this.u[e] = fromLast[e] + (e ? this.v[e - 1] : 0);
      this.v[e] = this.u[e] + toV[e];
    }
  }

  /** Lay out the vertices of all edges, edge by edge from u to v. */
  #draw(parts, section) {
    const node = [section("node.lon"), section("node.lat")];
    const step = [section("vertex.lon"), section("vertex.lat")];
    const inner = section("edge.inner");
    this.nodes = node[0].length;
    this.start = new Int32Array(this.edges + 1);
    for (let e = 0; e < this.edges; e += 1) this.start[e + 1] = this.start[e] + inner[e] + 2;
    const many = this.start[this.edges];
    this.x = new Float64Array(many);
    this.y = new Float64Array(many);
    const put = (at, lon, lat) => {
      [this.x[at], this.y[at]] = this.ground.metres(lon / parts, lat / parts);
    };
    for (let e = 0, k = 0; e < this.edges; e += 1) {
      let [lon, lat] = [node[0][this.u[e]], node[1][this.u[e]]];
      let at = this.start[e];
      put(at, lon, lat);
      for (at += 1; at < this.start[e + 1] - 1; at += 1, k += 1) {
        lon += step[0][k];
        lat += step[1][k];
        put(at, lon, lat);
      }
      put(at, node[0][this.v[e]], node[1][this.v[e]]);
    }
  }

  #measure(section) {
    this.length = new Float64Array(this.edges);
    for (let e = 0; e < this.edges; e += 1) {
      let total = 0;
      for (let i = this.start[e] + 1; i < this.start[e + 1]; i += 1) total += this.piece(i);
      this.length[e] = total;
    }
    const odd = section("odd.length_m");
    section("odd.edge").forEach((edge, i) => { this.length[edge] = odd[i]; });
  }

  /** Return the metres between a vertex and the one before it. */
  piece(i) {
    const dx = this.x[i] - this.x[i - 1];
    const dy = this.y[i] - this.y[i - 1];
    return Math.sqrt(dx * dx + dy * dy);
  }

  /** List at every node the edges that leave it: 2 × edge, and one more where it leaves v. */
  #turn() {
    this.first = new Int32Array(this.nodes + 1);
    for (let e = 0; e < this.edges; e += 1) {
      if (this.u[e] === this.v[e]) continue; // a loop leads nowhere
      this.first[this.u[e] + 1] += 1;
      this.first[this.v[e] + 1] += 1;
    }
    for (let n = 0; n < this.nodes; n += 1) this.first[n + 1] += this.first[n];
    const next = this.first.slice(0, this.nodes);
    this.leaving = new Int32Array(this.first[this.nodes]);
    for (let e = 0; e < this.edges; e += 1) {
      if (this.u[e] === this.v[e]) continue;
      this.leaving[next[this.u[e]]] = 2 * e;
      next[this.u[e]] += 1;
      this.leaving[next[this.v[e]]] = 2 * e + 1;
      next[this.v[e]] += 1;
    }
  }

  streetName(edge) {
    return this.names[this.name[edge]];
  }

  highway(edge) {
    return this.kinds[this.kind[edge]].highway;
  }
}

function marks(many, rows) {
  const out = new Uint8Array(many);
  rows.forEach((row) => { out[row] = 1; });
  return out;
}

/** One profile's view: gaits by layer, times of whole edges by gait, and gates that refuse. */
export class Graph {
  constructor(streets, profile, first, blocked) {
    this.streets = streets;
    this.profile = profile.name;
    this.layers = profile.layers;
    this.set = profile.set;
    this.speeds = profile.speeds;
    this.walk = profile.speeds[ON_FOOT];
    this.blocked = blocked;
    this.forward = [];
    this.backward = [];
    this.usable = new Uint8Array(streets.edges);
    for (let layer = 0; layer < this.layers; layer += 1) {
      const there = streets.kinds.map((kind) => kind.forward[first + layer]);
      const back = streets.kinds.map((kind) => kind.backward[first + layer]);
      this.forward.push(Uint8Array.from(streets.kind, (kind) => there[kind]));
      this.backward.push(Uint8Array.from(streets.kind, (kind) => back[kind]));
      streets.kind.forEach((kind, edge) => {
        if (there[kind] !== FORBIDDEN || back[kind] !== FORBIDDEN) this.usable[edge] = 1;
      });
    }
    this.ms = this.speeds.map((speed) => speed
      && Int32Array.from(streets.length, (metres) => Math.max(1, milliseconds(metres, speed))));
  }

  /** Return the edges along which places are tied: bridges are entered at their ends only. */
  get offered() {
    const { kind, kinds } = this.streets;
    return this.usable.map((usable, edge) => (usable && !kinds[kind[edge]].bridge ? 1 : 0));
  }

  /** Return the gait along an edge in a layer, from u to v or from v to u. */
  gait(layer, edge, toV) {
    return (toV ? this.forward : this.backward)[layer][edge];
  }
}
