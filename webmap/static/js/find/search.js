// The search box: a combobox whose list holds stations, places, streets, compounds, addresses, cells.
import { fill, h, icon } from "../dom.js";
import { distance, t } from "../i18n.js";
import { seek } from "./seek.js";

const CALM_MS = 120; // after the last letter
const WANTED = 12;
const LONGEST = 80;
const KINDS = {
  station: [t("驿站"), "station"],
  place: [t("地点"), "pin"],
  street: [t("道路"), "street"],
  compound: [t("小区"), "compound"],
  address: [t("地址"), "address"],
  cell: [t("网格"), "cell"],
};

/** Return a text with the part that fits the question marked; `mark` counts whole characters. */
function marked(text, [first, count], isMarked) {
  if (!isMarked) return [text];
  const letters = Array.from(text);
  const part = (from, to) => letters.slice(from, to).join("");
  return [part(0, first), h("mark", {}, part(first, first + count)), part(first + count)];
}

/** Return the answers by kind, in the order in which the kinds first come: what fits best stays first. */
function grouped(found) {
  const groups = new Map();
  for (const row of found) groups.set(row.kind, [...(groups.get(row.kind) ?? []), row]);
  return [...groups];
}

class Box {
  constructor(slot, { here = () => null, onPlace, onStation }) {
    Object.assign(this, { slot, here, onPlace, onStation });
    this.options = []; // {row, element} in the order of the list
    this.active = -1;
    this.isComposing = false;
    this.build([...slot.childNodes]);
    this.listen();
  }

  build(held) {
    this.input = h("input", {
      id: "search-text", type: "search", role: "combobox", maxlength: LONGEST, enterkeyhint: "search",
      placeholder: t("搜地址、驿站、拼音首字母"), "aria-label": t("搜地址、驿站、拼音首字母"),
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "search-list",
      autocomplete: "off", autocapitalize: "off", autocorrect: "off", spellcheck: "false",
    });
    this.wipe = h("button.search-clear", { type: "button", "aria-label": t("清空"), hidden: true }, icon("close"));
    this.list = h("div.search-list.float", { id: "search-list", role: "listbox", "aria-label": t("搜到的地方"), hidden: true });
    this.note = h("p.search-note.float", { hidden: true });
    this.told = h("p.unseen", { role: "status" });
    this.slot.classList.add("search");
    fill(this.slot, h("div.search-pill.float", {}, icon("search"), this.input, this.wipe, ...held), this.list, this.note, this.told);
  }

  listen() {
    const { input, slot } = this;
    input.addEventListener("compositionstart", () => {
      this.isComposing = true; // what an input method shows is not yet what is meant
    });
    input.addEventListener("compositionend", () => {
      this.isComposing = false;
      this.soon();
    });
    input.addEventListener("input", () => !this.isComposing && this.soon());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("focus", () => this.options.length && this.open(true));
    this.wipe.addEventListener("click", () => {
      this.clear();
      input.focus();
    });
    slot.addEventListener("focusout", (event) => !slot.contains(event.relatedTarget) && this.close());
    // A touch on the list must not take the focus away before it is a click.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  /** Ask once the typing rests. */
  soon() {
    this.wipe.hidden = !this.input.value;
    clearTimeout(this.resting);
    this.asking?.abort();
    this.asking = new AbortController();
    const text = this.input.value.trim();
    if (!text) this.show([], "");
    else this.resting = setTimeout(() => this.ask(text, this.asking.signal), CALM_MS);
  }

  async ask(text, signal) {
    const place = this.here();
    try {
      const { found } = await seek({ text, k: WANTED, ...(place ?? {}) }, signal);
      if (!signal.aborted) this.show(found, text);
    } catch (fault) {
      if (signal.aborted || fault.name === "AbortError") return;
      this.show([], "");
      this.say(fault.message);
    }
  }

  show(found, text) {
    this.options = [];
    fill(this.list, grouped(found).map(([kind, rows]) => this.group(kind, rows)));
    this.point(-1);
    this.open(found.length > 0);
    if (!text) this.say("");
    else if (!found.length) this.say(t("没有找到「{text}」", { text }));
    else this.say(t("找到 {n} 个", { n: found.length }), false);
  }

  group(kind, rows) {
    const [title, sign] = KINDS[kind];
    return h("div.search-group", { role: "group", "aria-labelledby": `search-${kind}` },
      h("div.search-kind", { id: `search-${kind}`, role: "presentation" }, title),
      rows.map((row) => this.option(row, sign)));
  }

  option(row, sign) {
    const number = this.options.length;
    const isName = row.field === "name";
    const element = h("div.search-option", { role: "option", id: `search-option-${number}`, "aria-selected": "false" },
      icon(sign),
      h("span.search-words", {},
        h("span.search-name", {}, marked(row.name, row.mark, isName)),
        row.detail && h("span.search-detail", {}, marked(row.detail, row.mark, !isName))),
      row.metres !== null && h("span.search-far", {}, t("直线 {n}", { n: distance(row.metres) })));
    element.addEventListener("click", () => this.choose(number));
    this.options.push({ row, element });
    return element;
  }

  /** Say something below the box; what is only for the ear is not shown. */
  say(words, isShown = true) {
    this.told.textContent = words;
    this.note.textContent = words;
    this.note.hidden = !words || !isShown;
  }

  open(isOpen) {
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) this.point(-1);
  }

  close() {
    this.open(false);
    this.note.hidden = true;
  }

  /** Let one answer be the active one, -1 none. */
  point(number) {
    this.options[this.active]?.element.setAttribute("aria-selected", "false");
    this.active = number;
    const chosen = this.options[number]?.element;
    if (chosen) {
      chosen.setAttribute("aria-selected", "true");
      this.input.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (event.isComposing || this.isComposing) return; // the key belongs to the input method
    const count = this.options.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && count) {
      event.preventDefault();
      const from = this.active < 0 && step < 0 ? 0 : this.active;
      this.open(true);
      this.point((from + step + count) % count);
    } else if (event.key === "Enter" && count) {
      event.preventDefault();
      this.choose(Math.max(0, this.active));
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (this.list.hidden) this.clear();
      else this.close();
    }
  }

  choose(number) {
    const { row } = this.options[number];
    clearTimeout(this.resting);
    this.asking?.abort();
    this.write(row.name);
    this.show([], "");
    this.input.blur(); // the keyboard of a phone makes way for the answer
    if (row.kind === "station") this.onStation(row.id, row);
    else this.onPlace({ lon: row.lon, lat: row.lat, name: row.name });
  }

  write(text) {
    this.input.value = text;
    this.wipe.hidden = !text;
  }

  clear() {
    this.write("");
    this.soon();
  }
}

/**
 * Build the box in a slot; what the slot holds stands behind the text. `here()` gives the position of
 * the person or null; `onPlace({lon, lat, name})` and `onStation(id, row)` hear what was chosen.
 */
export function mount(slot, hooks) {
  const box = new Box(slot, hooks);
  return {
    clear: () => box.clear(),
    focus: () => box.input.focus(),
    show: (text) => box.write(text),
  };
}
