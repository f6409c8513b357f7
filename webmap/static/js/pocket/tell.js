// Tell an answer of the pocket in the words of the API: the same JSON, key by key.

const METRES = 1; // decimals
const DEGREES = 6;

const rounded = (value, decimals) => Number(value.toFixed(decimals));
const seconds = (ms) => (ms === null ? null : ms / 1000);

/** Return an instant of the city's clocks, so many milliseconds after another one. */
function later(at, ms) {
  if (ms === null) return null;
  return new Date(Date.parse(`${at}:00Z`) + ms).toISOString().slice(0, 16);
}

/** Answer a question of POST …/nearest. */
export function nearest(locator, question) {
  const at = question.at.slice(0, 16);
  const { by, entries, access, reason, dropping } = locator.ranked({ ...question, at });
  const ways = Number(question.way ?? 0);
  return {
    at,
    holidays_known: locator.knowsHolidays(at),
    by,
    access: access && { leg_m: rounded(access.leg, METRES), street: access.street },
    stations: entries.map((entry, rank) => {
      const told = { ...locator.facts[entry.row], ...arrival(entry, at), by };
      if (by === "street" && rank < ways) told.way = plain(locator, locator.way({ ...question, at }, entry.row));
      return told;
    }),
    reason,
    note: null, // the page has words of its own for each reason
    dropping,
  };
}

function arrival({ arrival: ms, metres, state, opens, closes, ready }, at) {
  return {
    seconds: seconds(ms),
    metres: rounded(metres, METRES),
    state,
    opens_at: later(at, opens),
    closes_at: later(at, closes),
    closes_in_s: closes === null ? null : seconds(closes - (ms ?? 0)),
    wait_s: opens === null ? null : seconds(opens - (ms ?? 0)),
    ready_s: seconds(ready),
  };
}

/** Answer a question of POST …/way; null where there is no such station. */
export function way(locator, question) {
  const asked = { ...question, at: question.at.slice(0, 16) };
  const row = locator.facts.findIndex(({ id }) => id === question.station);
  if (row < 0) return null;
  const found = locator.way(asked, row);
  return {
    at: asked.at,
    station: question.station,
    position: locator.facts[row].position,
    way: found && plain(locator, found),
    reason: found ? null : locator.whyNot(asked),
    note: null,
  };
}

function plain(locator, { line, metres, ms, steps }) {
  const degrees = ([x, y]) => locator.ground.degrees(x, y).map((value) => rounded(value, DEGREES));
  return {
    metres: rounded(metres, METRES),
    seconds: seconds(ms),
    flights: steps.reduce((sum, step) => sum + step.flights, 0),
    geometry: { type: "LineString", coordinates: line.map(degrees) },
    steps: steps.map((step) => ({
      ...step, metres: rounded(step.metres, METRES), seconds: rounded(step.seconds, 1),
    })),
  };
}
