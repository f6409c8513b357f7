// Fetch the study that the person chose and show it: figures first, then cells, then the rest.
import { get } from "./api.js";
import { chosenBudget, state } from "./state.js";

/** Return the query that names the chosen study. */
export function question() {
  return { profile: state.profile, budget: state.budget };
}

/** The study's figures, exactly as the command line prints them as JSON. */
export function figures() {
  const budget = chosenBudget();
  const amount = budget.minutes
    ? { minutes: budget.minutes }
    : { distance_m: budget.distance_m };
  return get("coverage", { profile: state.profile, ...amount });
}

export const cells = () => get("coverage/cells", { ...question(), level: state.level });
export const gaps = () => get("layers/gaps", question());
export const layer = (name) => get(`layers/${name}`, question());
export const stations = () => get("stations");

/**
 * What the headline speaks of: people where known, else ground. Where much of the city lies beyond
 * the street data, only the part that can be judged; `beyond` is then what is left out.
 */
export function subject(study) {
  const byPeople = study.people.share !== null;
  const kind = byPeople ? "people" : "area_m2";
  const part = study[kind];
  const ring = study.ring[kind];
  const partly = part.total !== null && part.judged < part.total * 0.98;
  return {
    byPeople,
    covered: part.covered,
    total: partly ? part.judged : part.total,
    share: partly ? part.share_of_judged : part.share,
    ring: partly ? ring.share_of_judged : ring.share,
    beyond: partly ? part.total - part.judged : 0,
  };
}

/** Turn the compact columns of /coverage/cells into code → {share, gap}. */
export function cellFigures(columns) {
  const found = new Map();
  // Without people the ground speaks; a cell without people in a city with people says nothing.
  const byPeople = columns.people.some((people) => people !== null);
  columns.codes.forEach((code, i) => {
    const share = byPeople ? columns.share[i] : columns.ground_share[i];
    found.set(code, { share, gap: share !== null && columns.class[i] === "none" });
  });
  return found;
}

/** Show the study's layers on the map as each arrives; `isOld()` stops a late answer. */
export async function draw(layers, isOld) {
  const jobs = [];
  if (layers.cells && state.level !== null) {
    jobs.push(cells().then((columns) => {
      if (!isOld()) layers.cells.show(columns.level, cellFigures(columns));
    }));
  }
  for (const name of ["gaps", "circles", "ring"]) {
    if (!layers[name]) continue;
    jobs.push(layer(name).then((geojson) => {
      if (!isOld()) layers[name].show(geojson);
    }));
  }
  await Promise.all(jobs);
}
