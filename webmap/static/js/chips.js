// The services that one station must offer, all of those that are pressed.
import { city } from "./island.js";
import { byId, fill, h } from "./dom.js";
import { choose, onChange, serviceKeys, state } from "./state.js";
import { service, serviceInShort } from "./words.js";

export const chosenServices = () => state.services.split(",").filter(Boolean);

function toggle(key) {
  const chosen = chosenServices();
  const next = chosen.includes(key) ? chosen.filter((other) => other !== key) : [...chosen, key];
  choose({ services: serviceKeys(next) });
}

/** Fill the row of chips; each is a switch of its own. */
export function chips() {
  const holder = byId("services");
  if (!holder) return;
  const made = (city.services ?? []).map(({ key }) => h("button.chip", {
    type: "button", title: service(key), "aria-label": service(key), "data-service": key,
    onclick: () => toggle(key),
  }, serviceInShort(key)));
  fill(holder, made);
  const clear = byId("services-clear");
  clear?.addEventListener("click", () => choose({ services: "" }));
  const refresh = () => {
    const chosen = chosenServices();
    for (const chip of made) {
      chip.setAttribute("aria-pressed", String(chosen.includes(chip.dataset.service)));
    }
    if (clear) clear.style.visibility = chosen.length ? "visible" : "hidden";
  };
  onChange(refresh);
  refresh();
}
