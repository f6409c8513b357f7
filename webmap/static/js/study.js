// Fetch the study that the person chose.
import { get, peek } from "./api.js";
import { chosenBudget, state } from "./state.js";

/** What was asked, as the server's figures repeat it. */
export function questionFacts(asked) {
  const { minutes, distance_m: metres } = chosenBudget(asked);
  return { profile: asked.profile, minutes, distance_m: metres };
}

/** What is drawn of a study beside its cells. */
export const DRAWN = ["gaps", "circles", "ring"];

/** Return the query that names the chosen study. */
export function question() {
  const { profile, budget, services, at, users_per_1000, scenario = null } = state;
  return { profile, budget, services: services || null, at, users_per_1000, scenario };
}

const summaryQuery = ({ profile, budget, ...need }) => ({
  ...questionFacts({ profile, budget }), ...need,
});

/** The study's figures, exactly as the command line prints them as JSON. */
export const figures = (asked = question()) => get("coverage", summaryQuery(asked));

export const cells = (asked = question(), level = state.level) =>
  get("coverage/cells", { ...asked, level });

export const layer = (name, asked = question()) => get(`layers/${name}`, asked);

export const gaps = (asked = question()) => layer("gaps", asked);

const isPlain = ({ at, services }) => !at && !services;

/** Return the ids of the stations that serve what is asked; null = neither hour nor services are. */
export async function serving(asked = question()) {
  if (isPlain(asked)) return null;
  const { stations: found } = await get("impact", asked);
  return new Set(found.filter((one) => one.state === "serves").map((one) => one.station));
}

/** Return whether it is known already which stations serve. */
export const isOfferHere = (asked) => isPlain(asked) || peek("impact", asked) !== undefined;

/** Return the stations of the chosen scenario; `scenario: null` asks for those of today. */
export const stations = ({ scenario } = question()) => get("stations", { scenario });

/** Return whether the cells of a study are here already. */
export const isHere = (asked, level) => peek("coverage/cells", { ...asked, level }) !== undefined;

/** Return whether all figures of a study are here already. */
export const isToldHere = (asked) => peek("coverage", summaryQuery(asked)) !== undefined;

/** Return whether a drawn layer of a study is here already. */
export const isDrawnHere = (name, asked) => peek(`layers/${name}`, asked) !== undefined;

/**
 * What the headline speaks of: people where known, else ground. Where much of the city lies beyond
 * the street data, only the part that can be judged; `beyond` is then what is left out.
 */
export function subject(study) {
  const byPeople = study.people.share !== null;
  const kind = byPeople ? "people" : "area_m2";
  const part = study[kind];
  const ring = study.ring?.[kind]; // not yet told with the cells
  const partly = part.total !== null && part.judged < part.total * 0.98;
  return {
    byPeople,
    covered: part.covered,
    total: partly ? part.judged : part.total,
    share: partly ? part.share_of_judged : part.share,
    ring: (partly ? ring?.share_of_judged : ring?.share) ?? null,
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
