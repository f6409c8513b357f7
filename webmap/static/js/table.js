// A table of any length: only the rows in sight are in the page, and as many above and below.
import { fill, h } from "./dom.js";

const SPARE = 8; // rows drawn beyond the edges, so that a quick finger sees no white
const AWAITED = 6; // rows that stand for those to come

/**
 * `columns` are {key, title, number, kind, width, hint, show(row)}; a row is whatever `row(place)`
 * returns for its place 0…count − 1 in the shown order, and `keyOf(row)` tells rows apart. `on` hears
 * `sort(key)`, `pick(row)`, `hover(row|null)`.
 */
export class Table {
  constructor(holder, { label, id, keyOf, on }) {
    Object.assign(this, { keyOf, on, columns: [], count: 0, row: null, sorted: "", selected: null });
    this.above = h("tr.space", { "aria-hidden": "true" }, h("td"));
    this.below = h("tr.space", { "aria-hidden": "true" }, h("td"));
    this.groups = h("colgroup");
    this.head = h("thead");
    this.body = h("tbody");
    this.table = h("table.table", { "aria-label": label, id }, this.groups, this.head, this.body);
    this.none = h("p.none.muted", { hidden: true, role: "status" });
    this.scroller = h("div.table-scroll", { tabindex: "-1" }, this.table, this.none);
    fill(holder, this.scroller);
    this.drawn = "";
    this.high = 0; // of a row in pixels: the style sheet says it
    this.scroller.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => {
      this.measure();
      this.draw();
    }).observe(this.scroller);
    this.measure();
    this.listen();
  }

  listen() {
    const rowAt = (event) => {
      const line = event.target.closest?.("tr[data-place]");
      return line ? this.row(Number(line.dataset.place)) : null;
    };
    this.body.addEventListener("click", (event) => {
      const row = rowAt(event);
      if (row !== null && !event.target.closest("button, a")) this.pick(row);
    });
    this.body.addEventListener("pointerover", (event) => {
      if (event.pointerType === "mouse") this.on.hover?.(rowAt(event));
    });
    this.body.addEventListener("pointerleave", () => this.on.hover?.(null));
    this.body.addEventListener("keydown", (event) => {
      const line = event.target.closest("tr[data-place]");
      if (!line || event.target !== line) return;
      const place = Number(line.dataset.place);
      const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: this.inSight(), PageUp: -this.inSight() };
      const ends = { Home: 0, End: this.count - 1 };
      const to = event.key in steps ? place + steps[event.key] : ends[event.key];
      if (to !== undefined) this.go(to);
      else if (event.key === "Enter" || event.key === " ") this.pick(this.row(place));
      else return;
      event.preventDefault();
    });
  }

  measure() {
    const high = parseFloat(getComputedStyle(this.scroller).getPropertyValue("--row"));
    if (high !== this.high) this.drawn = "";
    this.high = high;
  }

  inSight() {
    return Math.max(1, Math.floor((this.scroller.clientHeight - this.head.offsetHeight) / this.high) - 1);
  }

  pick(row, how = "click") {
    this.select(this.keyOf(row));
    this.on.pick(row, how);
  }

  /** Move the selection to a place (kept within the table), the focus with it. */
  go(to, isFocused = true) {
    if (!this.count) return;
    const place = Math.min(this.count - 1, Math.max(0, to));
    this.reveal(place);
    this.draw();
    if (isFocused) this.line(place)?.focus({ preventScroll: true });
    this.pick(this.row(place), "key");
  }

  line(place) {
    return this.body.querySelector(`tr[data-place="${place}"]`);
  }

  /** Scroll as little as is needed to see a place. */
  reveal(place) {
    const { scroller } = this;
    const head = this.head.offsetHeight;
    const room = scroller.clientHeight - head;
    const top = place * this.high;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + this.high > scroller.scrollTop + room) scroller.scrollTop = top + this.high - room;
  }

  /** Let other columns stand in the head; widths are kept whatever the rows hold. */
  arrange(columns, sorted) {
    this.columns = columns;
    this.sorted = sorted;
    const by = sorted.replace(/^-/, "");
    const way = sorted.startsWith("-") ? "descending" : "ascending";
    fill(this.groups, columns.map(({ width, kind }) => h(kind ? `col.${kind}` : "col", { style: width ? { width } : {} })));
    const had = this.head.contains(document.activeElement) && document.activeElement.dataset.key;
    fill(this.head, h("tr", {}, columns.map(({ key, title, number, kind, hint }) => h(
      ["th", number && "number", kind].filter(Boolean).join("."),
      { scope: "col", "aria-sort": key === by ? way : null, title: hint ?? title },
      h("button", { type: "button", "data-key": key, onclick: () => this.on.sort(key) }, h("span", {}, title))))));
    if (had) this.head.querySelector(`[data-key="${had}"]`)?.focus();
  }

  /** Let empty rows stand for those that are awaited. */
  wait() {
    Object.assign(this, { count: 0, row: null });
    this.table.hidden = false;
    this.none.hidden = true;
    this.table.setAttribute("aria-busy", "true");
    const line = () => h("tr.awaited", { "aria-hidden": "true" }, this.columns.map(({ number, kind }) =>
      h(["td", number && "number", kind].filter(Boolean).join("."), {}, h("span.skeleton", {}, number ? "0,000" : "0000000"))));
    this.body.replaceChildren(...Array.from({ length: AWAITED }, line));
  }

  /** Show so many rows; `empty` is said where there are none. */
  show(count, row, empty, { keepPlace = true } = {}) {
    Object.assign(this, { count, row });
    this.table.removeAttribute("aria-busy");
    this.table.setAttribute("aria-rowcount", count + 1);
    this.table.hidden = !count;
    this.none.hidden = count > 0;
    this.none.textContent = count ? "" : empty;
    if (!keepPlace) this.scroller.scrollTop = 0;
    this.drawn = "";
    this.draw();
  }

  select(key) {
    if (this.selected === key) return;
    this.selected = key;
    for (const line of this.body.rows) {
      if (line.dataset.key !== undefined) line.setAttribute("aria-selected", String(line.dataset.key === key));
    }
  }

  /** Mark the row that the pointer means elsewhere, without moving anything. */
  hint(key) {
    for (const line of this.body.rows) line.classList.toggle("hinted", line.dataset.key === key);
  }

  draw() {
    if (!this.row || !this.count) return;
    const height = this.scroller.clientHeight;
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / this.high) - SPARE);
    const last = Math.min(this.count, Math.ceil((this.scroller.scrollTop + height) / this.high) + SPARE);
    if (this.drawn === `${first}-${last}`) return;
    this.drawn = `${first}-${last}`;
    const focused = this.body.contains(document.activeElement)
      && document.activeElement.closest("tr[data-key]")?.dataset.key;
    this.above.firstChild.style.height = `${first * this.high}px`;
    this.below.firstChild.style.height = `${(this.count - last) * this.high}px`;
    const lines = [];
    for (let place = first; place < last; place += 1) lines.push(this.draft(place));
    this.body.replaceChildren(this.above, ...lines, this.below);
    if (focused) lines.find((line) => line.dataset.key === focused)?.focus({ preventScroll: true });
  }

  draft(place) {
    const row = this.row(place);
    const key = String(this.keyOf(row));
    return h("tr", {
      tabindex: "0", "data-key": key, "data-place": place, "aria-rowindex": place + 2,
      "aria-selected": String(key === this.selected),
    }, this.columns.map(({ number, kind, show }) =>
      h(["td", number && "number", kind].filter(Boolean).join("."), {}, show(row))));
  }
}
