// All that is drawn of one question, fetched together; asked again it is here already.
import { cellFigures } from "../study.js";
import { words } from "./source.js";

const AREAS = ["gaps", "circles", "ring"];
const figures = new WeakMap(); // columns → code → {share, gap}; made once for all views

export function figuresOf(columns) {
  if (!figures.has(columns)) figures.set(columns, cellFigures(columns));
  return figures.get(columns);
}

/** Return the question of a view, as the server's addresses take it; null: there is none. */
export const questionOf = (view, which) => {
  const query = view?.data?.[which];
  return query === null || query === undefined ? null : words(query);
};

/**
 * Fetch what a view draws: `which` is "after" or "before". The answer holds the question, `columns`,
 * `gaps`, `circles`, `ring`, `stations` and `serving`; what the view does not show is null.
 */
export async function picture(source, view, which, level) {
  const query = questionOf(view, which);
  const wants = (name) => view.layers.includes(name);
  const [columns, stations, serving, ...areas] = await Promise.all([
    wants("cells") && level !== null ? source.cells(query, level) : null,
    source.stations(query),
    view.data.serving ? view.data.serving[which] : source.serving(query),
    ...AREAS.map((name) => (wants(name) ? source.layer(name, query) : null)),
  ]);
  if (columns) figuresOf(columns);
  const drawn = Object.fromEntries(AREAS.map((name, i) => [name, areas[i]]));
  return { query, columns, stations, serving, ...drawn };
}
