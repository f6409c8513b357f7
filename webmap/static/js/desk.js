// The planner's desk: what its parts share. What was chosen lives in the address (state.js); the
// scenario with its changes lives here. The parts of the page know each other only by these words:
//
//   "question"   the figures must be asked anew: profile, budget, need, scenario or its revision
//   "scenario"   another scenario, or other changes in it; detail: the scenario, or null for today
//   "selection"  a cell, gap or station was chosen; detail: {cell, gap, station}
//   "compare"    another scenario (or "today") to compare with; detail: its id, or null
//   "view"       whatever else of the address changed: the level, filters; detail: Set of names
//   "preview"    what an edit would do while it is still being drawn; detail: the answer, or null
//   "edit"       somebody wants changes made in the scenario; detail: [change, …]
//   "scenario-in-address"  the address names another scenario; detail: its id, or null
//   "stations"   the stations as they are shown; detail: Map of id → feature
//   "drawer"     the drawer of scenarios opened or closed; detail: boolean
//   "conflict", "refused"  an edit was not saved; detail: {problem, kind}, the problem
//   "locate"     somebody wants a place seen; detail: GeoJSON geometry or feature
//   "edits"      the list of changes as it is shown, saved or not; detail: the session
//   "recovered"  figures come again after a fault
//   "tool"       another tool is in hand; detail: its name ("select": clicks on the map are free)
//   "card"       a card was opened, all others close; detail: the name of its owner
import { forget } from "./api.js";
import { choose, onChange, state } from "./state.js";
import * as study from "./study.js";

const QUESTION = new Set(["profile", "budget", "services", "at", "users_per_1000", "scenario"]);
const SELECTION = new Set(["cell", "gap", "station"]);

const hearers = new Map(); // name → Set of functions
let scenario = null;

const tell = (name, detail) => {
  for (const hear of hearers.get(name) ?? []) hear(detail);
};

function hold(next) {
  const before = scenario;
  scenario = next;
  const isOther = before?.id !== next?.id || before?.revision !== next?.revision;
  if (next && before?.id === next.id && isOther) forget(`scenario=${next.id}`);
  const moved = choose({ scenario: next?.id ?? null }); // says "question" itself
  if (before !== next) tell("scenario", next);
  if (!moved && isOther) tell("question"); // the address had it already: by the back button, by a link
}

export const desk = {
  state,

  /** The tool in hand: only with "select" does a click on the map ask about the place. */
  tool: "select",

  /** The scenario {id, name, note, revision, changes, outdated, …}, or null: the city today. */
  get scenario() {
    return scenario;
  },

  /** Choose: names of the address, or `scenario` with the whole scenario (null: today). */
  set(patch) {
    const { scenario: next, ...rest } = patch;
    if (Object.keys(rest).length) choose(rest);
    if (next !== undefined) hold(next);
  },

  /** Hear a word; returns the function that stops hearing it. */
  on(name, hear) {
    if (!hearers.has(name)) hearers.set(name, new Set());
    hearers.get(name).add(hear);
    return () => hearers.get(name).delete(hear);
  },

  /** Say a word to all who hear it. */
  emit: tell,

  /** The question as an object, with the scenario; null where nothing is chosen. */
  question: study.question,

  /** The question as a query string: "profile=walk&budget=15min&scenario=…". */
  query() {
    const words = Object.entries(study.question()).filter(([, value]) => value !== null && value !== "");
    return new URLSearchParams(words).toString();
  },
};

onChange((changed) => {
  const has = (names) => [...changed].some((name) => names.has(name));
  if (changed.has("scenario") && state.scenario !== (scenario?.id ?? null)) {
    tell("scenario-in-address", state.scenario); // whoever takes it up sets it, and asks then
    return;
  }
  if (has(QUESTION)) tell("question");
  if (has(SELECTION)) tell("selection", { cell: state.cell, gap: state.gap, station: state.station });
  if (changed.has("compare")) tell("compare", state.compare);
  const rest = new Set([...changed].filter((name) =>
    !QUESTION.has(name) && !SELECTION.has(name) && name !== "compare"));
  if (rest.size) tell("view", rest);
});
