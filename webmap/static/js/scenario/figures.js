// What scenarios do to the number of people who are served, told by the quick engine.
import { post } from "../api.js";
import { desk } from "../desk.js";
import { state } from "../state.js";
import * as study from "../study.js";

const known = new Map(); // scenario, revision and question → promise of the answer
const KEPT = 200;

const asked = () => {
  const { users_per_1000: _, scenario: __, ...question } = desk.question();
  return question;
};

/** Ask what changes do on top of a scenario (null: the city today). */
export const whatIf = (changes, scenario = desk.state.scenario, signal = null) =>
  post("what-if", { ...asked(), scenario, changes }, signal);

// The quick engine counts no seats: where they are asked, the study's own headline is.
const counted = (scenario) => (state.users_per_1000 && state.level !== null
  ? study.cells({ ...study.question(), scenario }).then((columns) => columns.city)
  : whatIf([], scenario));

/** Return {people, stations} of a scenario (null: of today), each asked once. */
export function figures(scenario = null) {
  const key = JSON.stringify([scenario?.id, scenario?.revision, asked(), state.users_per_1000]);
  if (!known.has(key)) {
    const answer = counted(scenario?.id ?? null);
    answer.catch(() => known.delete(key));
    if (known.size >= KEPT) known.delete(known.keys().next().value);
    known.set(key, answer);
  }
  return known.get(key);
}
