// Lists of changes as values: how a new one joins those before it, and what the stations then are.

const ID = { link: "link", unlink: "link", gate: "gate", shut: "gate" };

/** The id of what a change concerns: a station, a link or a gate. */
export const subject = (change) => change[ID[change.kind] ?? "station"];

export const isStreet = (change) => change.kind in ID;

const isOf = (station, ...kinds) => (change) =>
  change.station === station && !isStreet(change) && (!kinds.length || kinds.includes(change.kind));

const without = (list, test) => list.filter((change) => !test(change));

/** Change the opening of a new station itself; null when it is none, or stood before new streets. */
function amended(list, station, fields, mayStreets = true) {
  const at = list.findIndex(isOf(station, "open"));
  if (at < 0 || (!mayStreets && list.slice(at + 1).some(isStreet))) return null;
  return list.map((change, i) => (i === at ? { ...change, ...fields } : change));
}

const JOINS = {
  // A station that is moved behind new streets may stand beside them: the last move counts.
  move: (list, change) => {
    const rest = without(list, isOf(change.station, "move"));
    return amended(rest, change.station, { position: change.position }, false) ?? [...rest, change];
  },
  hours: (list, change) =>
    amended(list, change.station, { opening_hours: change.opening_hours })
    ?? [...without(list, isOf(change.station, "hours")), change],
  // A new station that is closed again was never there.
  close: (list, change) => (list.some(isOf(change.station, "open"))
    ? without(list, isOf(change.station))
    : [...without(list, isOf(change.station, "status", "close")), change]),
  status: (list, change) => [...without(list, isOf(change.station, "status", "close")), change],
  unlink: (list, change) => takenBack(list, change, "link"),
  shut: (list, change) => takenBack(list, change, "gate"),
};

function takenBack(list, change, kind) {
  const made = (other) => other.kind === kind && subject(other) === subject(change);
  return list.some(made) ? without(list, made) : [...list, change];
}

/** Return a list with one more change; what it makes void is left out. */
export function joined(list, change) {
  return JOINS[change.kind]?.(list, change) ?? [...list, change];
}

/** Return a list in which a station offers exactly these services; `today` are those it had. */
export function withServices(list, station, wanted, today) {
  const opened = amended(list, station, { services: wanted });
  if (opened) return opened;
  const rest = without(list, isOf(station, "add_services", "drop_services"));
  const more = wanted.filter((key) => !today.includes(key));
  const less = today.filter((key) => !wanted.includes(key));
  if (more.length) rest.push({ kind: "add_services", station, services: more });
  if (less.length) rest.push({ kind: "drop_services", station, services: less });
  return rest;
}

/** Return a list in which a station has so many seats; `today` is their number before. */
export function withSeats(list, station, wanted, today) {
  const opened = amended(list, station, { capacity: wanted });
  if (opened) return opened;
  const rest = without(list, isOf(station, "enlarge"));
  const seats = wanted - (today ?? 0);
  return seats ? [...rest, { kind: "enlarge", station, seats }] : rest;
}

/** Return a list in which nothing is changed of one station. */
export const restored = (list, station) => without(list, isOf(station));

/** Return a list in which a station is in service again. */
export function reopened(list, station, wasOpen) {
  const rest = without(list, isOf(station, "close", "status"));
  return wasOpen ? rest : [...rest, { kind: "status", station, status: "open" }];
}

const EFFECTS = {
  move: (properties, change, feature) => {
    feature.geometry = { type: "Point", coordinates: change.position };
  },
  hours: (properties, change) => { properties.opening_hours = change.opening_hours; },
  close: (properties) => { properties.status = "closed"; },
  status: (properties, change) => { properties.status = change.status; },
  enlarge: (properties, change) => {
    properties.capacity = Math.max(0, (properties.capacity ?? 0) + change.seats);
  },
  add_services: (properties, change) => {
    properties.services = [...new Set([...properties.services, ...change.services])];
  },
  drop_services: (properties, change) => {
    properties.services = properties.services.filter((key) => !change.services.includes(key));
  },
};

const opened = ({ station, position, name, ...rest }) => ({
  type: "Feature",
  id: station,
  geometry: { type: "Point", coordinates: position },
  properties: {
    tier: "point", services: [], opening_hours: "", capacity: null, ...rest,
    id: station, name, address: "", phone: "", host: "", status: "open",
  },
});

/** Return the stations (GeoJSON features) after changes, without asking anybody. */
export function stationsAfter(features, changes) {
  const found = new Map(features.map((feature) => [feature.properties.id, feature]));
  for (const change of changes) {
    if (change.kind === "open") {
      const made = opened(change);
      delete made.properties.kind;
      found.set(change.station, made);
      continue;
    }
    const before = found.get(change.station);
    if (!before || !EFFECTS[change.kind]) continue;
    const after = { ...before, properties: { ...before.properties } };
    EFFECTS[change.kind](after.properties, change, after);
    found.set(change.station, after);
  }
  return [...found.values()];
}

/** Return an id that no station, link or gate of this list has: "n1", "b1", "g1", … */
export function freeId(letter, taken) {
  const used = new Set(taken);
  let number = 1;
  while (used.has(`${letter}${number}`)) number += 1;
  return `${letter}${number}`;
}
