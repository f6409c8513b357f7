// Which gates let nobody of a profile pass at an instant: those that always refuse, and those that
// do at this hour. The state at departure holds for the whole trip, as on the server.

const MINUTE_MS = 60_000;

export class Gates {
  constructor({ head, section }) {
    this.end = head.days * 1440 * MINUTE_MS;
    this.names = new Map(section("gate.names")); // node → name
    this.timed = new Map(head.profiles.map(({ name }) => [name, timetable(section, name)]));
  }

  /** Return, by layer, the nodes that a graph's profile does not pass at a moment of the pocket. */
  blocked(graph, moment) {
    const timed = this.timed.get(graph.profile);
    // Of hours that the pocket does not know, the plain tags of the gates are all that is left.
    if (!timed.length || moment < 0 || moment >= this.end) return graph.blocked;
    const now = graph.blocked.map((layer) => layer.slice());
    for (const { node, layer, spans } of timed) {
      now[layer][node] = spans.some(([from, to]) => from <= moment && moment < to) ? 1 : 0;
    }
    return now;
  }

  name(node) {
    return this.names.get(node) ?? "";
  }
}

function timetable(section, profile) {
  const [node, layer, many, minutes] = ["node", "layer", "spans", "minutes"]
    .map((part) => section(`gate.${profile}.${part}`));
  let k = 0;
  return Array.from(node, (own, i) => {
    const spans = [];
    let minute = 0;
    for (let n = 0; n < many[i]; n += 1, k += 2) {
      const from = minute + minutes[k];
      minute = from + minutes[k + 1];
      spans.push([from * MINUTE_MS, minute * MINUTE_MS]);
    }
    return { node: own, layer: layer[i], spans };
  });
}
