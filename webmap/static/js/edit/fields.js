// The fields of a station that can be edited: hours with presets, services, seats.
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { hours } from "../hours.js";
import { city } from "../island.js";
import { state } from "../state.js";
import { service, serviceInShort } from "../words.js";

const PRESETS = [
  ["全天", "24/7"],
  ["08–22 时", "Mo-Su 08:00-22:00"],
  ["工作日", "Mo-Fr 08:30-17:30; PH off"],
];
const STILL_MS = 350; // who types is left in peace so long

const row = (label, ...content) => h("div.field", {}, h("span.field-name", {}, label), ...content);

/**
 * The hours: presets, or text in OSM's syntax that is read back in words. `onTry(text)` hears what
 * is typed, `onDone(text)` what is meant; `fault(words)` of the returned element says what is wrong.
 */
export function hoursField(value, { onTry = null, onDone }) {
  const back = h("p.small.muted", { "aria-live": "polite" });
  const input = h("input", {
    type: "text", value, "data-key": "hours", spellcheck: "false", autocomplete: "off",
    maxlength: "255", "aria-label": t("开放时间，OSM 写法"), placeholder: "Mo-Fr 08:00-22:00",
  });
  let timer = null;
  let done = value;
  const read = (text) => {
    const said = hours(text).text;
    const hint = state.at ? "" : t("未选时刻，数字不受开放时间影响");
    back.className = "small muted";
    back.textContent = [said === text ? "" : said, hint].filter(Boolean).join(" · ");
    for (const chip of chips) chip.setAttribute("aria-pressed", String(chip.dataset.hours === text));
  };
  const finish = (text) => {
    clearTimeout(timer);
    if (text === done) return;
    done = text;
    onDone(text);
  };
  const chips = PRESETS.map(([name, text]) => h("button.chip", {
    type: "button", "data-hours": text, "data-key": `hours-${text}`,
    onclick: () => {
      input.value = text;
      read(text);
      finish(text);
    },
  }, t(name)));
  input.addEventListener("input", () => {
    read(input.value.trim());
    clearTimeout(timer);
    if (onTry) timer = setTimeout(() => onTry(input.value.trim()), STILL_MS);
  });
  input.addEventListener("change", () => finish(input.value.trim()));
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || input.closest("form")) return;
    event.preventDefault();
    finish(input.value.trim());
  });
  read(value);
  const field = row(t("开放时间"), h("div.chips", {}, chips), input, back);
  field.value = () => input.value.trim();
  field.fault = (words) => {
    back.className = "small loss";
    back.textContent = words;
  };
  return field;
}

/** The services as switches; `onDone(keys)` hears the chosen ones in the city's order. */
export function servicesField(chosen, { onDone }) {
  const now = new Set(chosen);
  const keys = () => city.services.map(({ key }) => key).filter((key) => now.has(key));
  const chips = city.services.map(({ key }) => h("button.chip", {
    type: "button", title: service(key), "aria-label": service(key), "data-key": `service-${key}`,
    "aria-pressed": String(now.has(key)),
    onclick: (event) => {
      if (!now.delete(key)) now.add(key);
      event.currentTarget.setAttribute("aria-pressed", String(now.has(key)));
      onDone(keys());
    },
  }, serviceInShort(key)));
  const field = row(t("服务"), h("div.chips", {}, chips));
  field.value = keys;
  return field;
}

/** The seats: fewer, more. */
export function seatsField(value, { onDone }) {
  let now = value;
  let timer = null;
  const figure = h("output", {}, now === null ? t("未知") : String(now));
  const step = (by) => {
    now = Math.max(0, (now ?? 0) + by);
    figure.textContent = String(now);
    clearTimeout(timer);
    timer = setTimeout(() => onDone(now), STILL_MS);
  };
  const button = (words, name, by) => h("button.button", {
    type: "button", "aria-label": name, "data-key": `seats${by}`, onclick: () => step(by),
  }, words);
  return row(t("座位"), h("div.stepper", {}, button("−", t("少一座"), -1), figure, button("+", t("多一座"), 1)));
}
