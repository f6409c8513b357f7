// A table that sorts: columns are {title, value(row), show(row), number, kind}.
import { fill, h } from "./dom.js";
import { count, lang, t } from "./i18n.js";

const STEP = 100;
const collator = new Intl.Collator(lang === "en" ? "en" : "zh-Hans-CN", { numeric: true });

// Rows without a figure stay at the end, whichever way the column runs.
function compare(a, b, way) {
  const lacks = (value) => value === null || value === undefined || value === "";
  if (lacks(a) || lacks(b)) return Number(lacks(a)) - Number(lacks(b));
  const order = typeof a === "number" ? a - b : collator.compare(a, b);
  return way * order;
}

const place = (tag, { number, kind }) => [tag, number && "number", kind].filter(Boolean).join(".");

export class SortedTable {
  /** `onPick(row)` answers a click or Enter on a row; `key(row)` tells rows apart. */
  constructor(table, more, { onPick, key }) {
    Object.assign(this, { table, more, onPick, key });
    this.rows = [];
    this.columns = [];
    this.words = "";
    this.shown = STEP;
    this.selected = null;
  }

  show(rows, columns, { by, way }) {
    const same = this.columns.map((c) => c.title).join() === columns.map((c) => c.title).join();
    this.rows = rows;
    this.columns = columns;
    if (!same || this.by === undefined) Object.assign(this, { by, way });
    this.shown = STEP;
    this.render();
  }

  filter(words) {
    this.words = words.trim().toLowerCase();
    this.shown = STEP;
    this.render();
  }

  sort(index) {
    const { number } = this.columns[index];
    this.way = this.by === index ? -this.way : number ? -1 : 1;
    this.by = index;
    this.shown = STEP;
    this.render();
  }

  select(key) {
    this.selected = key;
    for (const row of this.table.tBodies[0]?.rows ?? []) {
      row.setAttribute("aria-selected", String(row.dataset.key === key));
    }
  }

  head() {
    return h("thead", {}, h("tr", {}, this.columns.map((column, i) => h(
      place("th", column),
      { scope: "col", "aria-sort": i === this.by ? (this.way > 0 ? "ascending" : "descending") : null },
      h("button", { type: "button", onclick: () => this.sort(i) }, column.title)))));
  }

  row(row) {
    const key = String(this.key(row));
    const pick = () => {
      this.select(key);
      this.onPick(row);
    };
    return h("tr", {
      tabindex: "0",
      "data-key": key,
      "aria-selected": String(key === this.selected),
      onclick: pick,
      onkeydown: (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        pick();
      },
    }, this.columns.map((column) => h(place("td", column), {}, column.show(row))));
  }

  render() {
    const { value } = this.columns[this.by];
    const wanted = this.words
      ? this.rows.filter((row) => this.columns.some((column) => !column.number
        && String(column.value(row) ?? "").toLowerCase().includes(this.words)))
      : this.rows;
    const sorted = [...wanted].sort((a, b) => compare(value(a), value(b), this.way));
    fill(this.table, this.head(), h("tbody", {}, sorted.slice(0, this.shown).map((r) => this.row(r))));
    const left = sorted.length - this.shown;
    fill(this.more, !sorted.length ? h("span.muted", {}, t("没有符合的行")) : left > 0 && h("button.button", {
      type: "button",
      onclick: () => {
        this.shown += STEP;
        this.render();
      },
    }, t("再显示 {n} 行（还有 {left} 行）", { n: count(Math.min(STEP, left)), left: count(left) })));
  }
}
