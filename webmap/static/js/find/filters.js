// How the rider travels, and which stations count for him: switches that stay in the address.
import { byId, fill, h, icon } from "../dom.js";
import { t, title } from "../i18n.js";
import { city, island } from "../island.js";
import { choose, onChange, serviceKeys, state } from "../state.js";
import { service, serviceInShort } from "../words.js";

const FIRST = ["ebike", "walk", "slow", "wheelchair"]; // couriers come first
const FLAGS = {
  open_only: [() => t("现在开着"), "clock"],
  always: [() => t("24 小时"), "always"],
};

const wanted = () => state.services.split(",").filter(Boolean);

/** Return what filters say in the body of a question. */
export const filtering = () => ({
  services: wanted(), open_only: state.open_only === "1", always: state.always === "1",
});

export const isFiltered = () => Boolean(state.services || state.open_only || state.always);

/** Return a filter's name in words: `open_only`, `always`, or the key of a service. */
export const filterName = (name) => FLAGS[name]?.[0]() ?? serviceInShort(name);

/** Return the names of the filters that are set. */
export const chosenFilters = () => (
  [...Object.keys(FLAGS).filter((name) => state[name]), ...wanted()].map(filterName));

/** Let one filter go. */
export function drop(name) {
  if (name in FLAGS) choose({ [name]: "" });
  else choose({ services: serviceKeys(wanted().filter((key) => key !== name)) });
}

export const dropAll = () => choose({ services: "", open_only: "", always: "" });

function press(name) {
  if (name in FLAGS) choose({ [name]: state[name] ? "" : "1" });
  else if (wanted().includes(name)) drop(name);
  else choose({ services: serviceKeys([...wanted(), name]) });
}

function profiles() {
  const known = [...city.profiles].sort((a, b) => FIRST.indexOf(a.name) - FIRST.indexOf(b.name));
  const made = known.map((profile) => h("button", {
    type: "button", "data-profile": profile.name, onclick: () => choose({ profile: profile.name }),
  }, icon(profile.name), h("span", {}, title(profile))));
  fill(byId("profiles"), made);
  return made;
}

// The services that the city offers, the most common first; the server has counted them.
function chips() {
  const offers = island("offers", []);
  const made = [...Object.keys(FLAGS), ...offers].map((name) => h("button.chip", {
    type: "button", "data-filter": name, onclick: () => press(name),
    title: name in FLAGS ? null : service(name),
  }, icon(FLAGS[name]?.[1] ?? name), filterName(name)));
  fill(byId("filters"), made);
  return made;
}

/** Fill the switches and keep them as the address says. */
export function filters() {
  const ways = profiles();
  const made = chips();
  const all = byId("filters-all");
  all.addEventListener("click", () => {
    const isOpen = byId("filters").classList.toggle("all");
    all.setAttribute("aria-expanded", String(isOpen));
  });
  const refresh = () => {
    const { services, ...flags } = filtering();
    for (const button of ways) {
      button.setAttribute("aria-pressed", String(button.dataset.profile === state.profile));
    }
    for (const chip of made) {
      const name = chip.dataset.filter;
      chip.setAttribute("aria-pressed", String(flags[name] ?? services.includes(name)));
    }
  };
  onChange(refresh);
  refresh();
}
