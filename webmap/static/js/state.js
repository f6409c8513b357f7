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
  const usual = document.body.classList.contains("find") ? "ebike" : "walk";
  return {
    profile: profile.includes(usual) ? usual : profile[0],
    budget: budget.includes("15min") ? "15min" : budget[0],
    level: glanceLevel(),
    services: "", // keys in the city's order, with commas between
    at: null, // 2026-11-20T22:30, the city's own clock; null = at whatever hour
    users_per_1000: null, // so many of 1,000 people want a seat at a time; null = seats do not count
    station: null,
    ...(isPlan ? { scenario: null, compare: null, cell: null, gap: null } : {}),
  };
}

/** Return keys of services as the state holds them: known ones only, each once, in the city's order. */
export function serviceKeys(keys) {
  return allowed.services.filter((key) => keys.includes(key)).join(",");
}

function read() {
  const words = new URLSearchParams(location.hash.slice(1));
  const state = defaults();
  if (allowed.profile.includes(words.get("profile"))) state.profile = words.get("profile");
  if (allowed.budget.includes(words.get("budget"))) state.budget = words.get("budget");
  const level = Number(words.get("level"));
  if (allowed.level.includes(level)) state.level = level;
  state.services = serviceKeys((words.get("services") ?? "").split(","));
  if (isInstant(words.get("at"))) state.at = words.get("at");
  const users = Number(words.get("users_per_1000"));
  if (users > 0 && users <= 1000) state.users_per_1000 = users;
  state.station = words.get("station");
  if (isPlan) {
    for (const name of ["scenario", "compare", "cell", "gap"]) state[name] = words.get(name);
  }
  return state;
}

export const state = read();

function write() {
  const standard = defaults();
  const words = new URLSearchParams(location.hash.slice(1));
  for (const name of Object.keys(standard)) {
    if (state[name] === standard[name] || state[name] === null) words.delete(name);
    else words.set(name, state[name]);
  }
  // Commas and colons may stand in an address as they are, and read better.
  const hash = words.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  if (location.protocol === "about:") return; // a frame of a notebook has no address of its own
  history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
}

/** Change something; whoever listens hears what changed. Returns whether anything did. */
export function choose(changes) {
  const changed = Object.keys(changes).filter((name) => state[name] !== changes[name]);
  if (!changed.length) return false;
  Object.assign(state, changes);
  write();
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

addEventListener("hashchange", () => choose(read()));
