// What the server tells of edited views: each asked once, however often it comes back by undoing.
import { send } from "../../api.js";
import { lang } from "../../i18n.js";
import { plain } from "./views.js";

const KEPT = 200;
const known = new Map(); // view as text → promise of its row
const titles = new Map(); // view as text → what it is called on the stage

const key = (view) => JSON.stringify(plain(view));

/** Take up rows that the server told already. */
export function learn(rows) {
  for (const row of rows) {
    known.set(key(row), Promise.resolve(row));
    if (row.told) titles.set(key(row), row.told.title);
  }
}

async function asked(view) {
  try {
    return await send("POST", `stories/told?lang=${lang}`, { view });
  } catch (problem) {
    // What is wrong with it stands beside the fields; the stage says that it cannot be shown.
    return { ...view, told: null, data: null, fault: problem.message, problem };
  }
}

/** Resolve to the row of a view: the view, what is told of it and where its data is. */
export function rowOf(view) {
  const name = key(view);
  if (!known.has(name)) {
    if (known.size >= KEPT) known.delete(known.keys().next().value);
    const waiting = asked(plain(view));
    known.set(name, waiting);
    // A view that could not be asked about now may be asked about later.
    waiting.then(({ problem, told }) => {
      if (told) titles.set(name, told.title);
      if (problem?.mayPass) known.delete(name);
    });
  }
  return known.get(name);
}

/** Return what a view is called, if that is known here. */
export const knownTitle = (view) => titles.get(key(view)) ?? view.title;
