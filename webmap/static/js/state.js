// What the person chose. It lives in the address after #, which never reaches the server.
import { city } from "./island.js";
import { isInstant } from "./moment.js";

const listeners = new Set();
const names = (list, key) => (list ?? []).map((item) => item[key]);

const allowed = {
  profile: names(city.profiles, "name"),
  budget: names(city.budgets, "key"),
  level: names(city.levels, "level"),
  services: names(city.services, "key"),
};

// Scenarios and what is chosen in the table belong to the planner's desk alone.
const isPlan = document.body.classList.contains("plan");

const CHOSEN = { scenario: null, compare: null, cell: null, gap: null };

const span = (most) => (text) => {
  const found = /^(\d{1,3})-(\d{1,3})$/.exec(text);
  return Boolean(found) && Number(found[1]) <= Number(found[2]) && Number(found[2]) <= most;
};

const oneOf = (...words) => (text) => words.includes(text);

function isView(text) {
  const found = /^(-?\d{1,2}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?),(\d{1,2}(?:\.\d+)?)$/.exec(text);
  return Boolean(found) && Math.abs(found[1]) <= 85 && Math.abs(found[2]) <= 180;
}

// What else the planner's address holds: name, what stands for “nothing chosen”, what it may be.
const DESK = [
  ["tab", city.levels?.length ? "cells" : "gaps", oneOf("cells", "gaps", "plan", "compare")],
  ["sort", "-uncovered", (text) => /^-?[a-z]{1,12}$/.test(text)],
  ["q", "", (text) => text.length <= 60],
  ["cause", "", (text) => /^[a-z_]{1,24}$/.test(text)],
  ["class", "", oneOf("full", "partial", "none", "empty")],
  ["share", "", span(100)], // per cent
  ["minutes", "", span(31)], // median minutes of a cell; 31 = longer, too
  ["changed", "", oneOf("1")], // only cells that the scenario changes
  ["view", null, isView], // latitude, longitude, zoom
];

// What else the rider's address holds.
const RIDER = [
  ["open_only", "", oneOf("1")], // only stations that are open on arrival
  ["always", "", oneOf("1")], // only those that never close
];
const isRider = document.body.classList.contains("find");
const OWN = isPlan ? DESK : isRider ? RIDER : [];

// Going back leads to the last of these; all other changes stay in the same entry of the history.
const STEPS = new Set(["tab", "profile", "budget", "level", "services", "scenario", "compare"]);

/** Words of the address that were not understood when it was last read. */
export const refused = new Set();

// A city in hundreds of pieces is seen at a glance; in thousands, only after zooming in.
const GLANCE = 400;

function glanceLevel() {
  const levels = [...(city.levels ?? [])].sort((a, b) => a.level - b.level);
  const few = levels.filter((level) => level.cells <= GLANCE);
  return (few.at(-1) ?? levels[0])?.level ?? null;
}

function defaults() {
  const { profile, budget } = allowed;
  // Riders ride; whoever chose another way keeps it in the address.
  const usual = isRider ? "ebike" : "walk";
  return {
    profile: profile.includes(usual) ? usual : profile[0],
    budget: budget.includes("15min") ? "15min" : budget[0],
    level: glanceLevel(),
    services: "", // keys in the city's order, with commas between
    at: null, // 2026-11-20T22:30, the city's own clock; null = at whatever hour
    users_per_1000: null, // so many of 1,000 people want a seat at a time; null = seats do not count
    station: null,
    ...(isPlan ? CHOSEN : {}),
    ...Object.fromEntries(OWN.map(([name, standard]) => [name, standard])),
  };
}

/** Return keys of services as the state holds them: known ones only, each once, in the city's order. */
export function serviceKeys(keys) {
  return allowed.services.filter((key) => keys.includes(key)).join(",");
}

function read() {
  const words = new URLSearchParams(location.hash.slice(1));
  const state = defaults();
  refused.clear();
  const take = (name, isFit, value = (text) => text) => {
    const text = words.get(name);
    if (text === null) return;
    if (isFit(text)) state[name] = value(text);
    else refused.add(name);
  };
  take("profile", (text) => allowed.profile.includes(text));
  take("budget", (text) => allowed.budget.includes(text));
  take("level", (text) => allowed.level.includes(Number(text)), Number);
  take("services", (text) => text.split(",").every((key) => !key || allowed.services.includes(key)));
  state.services = serviceKeys((words.get("services") ?? "").split(","));
  take("at", isInstant);
  take("users_per_1000", (text) => Number(text) > 0 && Number(text) <= 1000, Number);
  state.station = words.get("station");
  if (isPlan) for (const name of Object.keys(CHOSEN)) state[name] = words.get(name);
  for (const [name, , isFit] of OWN) take(name, isFit);
  return state;
}

export const state = read();

function write(asStep) {
  const standard = defaults();
  const words = new URLSearchParams(location.hash.slice(1));
  for (const name of Object.keys(standard)) {
    if (state[name] === standard[name] || state[name] === null) words.delete(name);
    else words.set(name, state[name]);
  }
  // Commas and colons may stand in an address as they are, and read better.
  const hash = words.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  if (location.protocol === "about:") return; // a frame of a notebook has no address of its own
  const address = hash ? `#${hash}` : location.pathname + location.search;
  if (asStep) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
}

/** Change something; whoever listens hears what changed. Returns whether anything did. */
export function choose(changes) {
  return change(changes, true);
}

/** Whether the browser's back button shall undo a change: on a phone it closes what was opened. */
function isStep(changed, before) {
  if (isPlan) return changed.some((name) => STEPS.has(name));
  return isRider && changed.includes("station") && before.station === null;
}

function change(changes, mayStep) {
  const changed = Object.keys(changes).filter((name) => state[name] !== changes[name]);
  if (!changed.length) return false;
  const before = { ...state };
  Object.assign(state, changes);
  write(mayStep && isStep(changed, before));
  for (const hear of listeners) hear(new Set(changed));
  return true;
}

export function onChange(hear) {
  listeners.add(hear);
}

export const chosenProfile = () => city.profiles.find((p) => p.name === state.profile);
export const chosenBudget = ({ budget } = state) => city.budgets.find((b) => b.key === budget);

/** Metres that a budget promises at the chosen profile's speed. */
export function budgetMetres(budget = chosenBudget(), profile = chosenProfile()) {
  return budget.distance_m ?? budget.minutes * 60 * profile.speed_mps;
}

addEventListener("hashchange", () => change(read(), false));
