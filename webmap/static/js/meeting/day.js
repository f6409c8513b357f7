// The day that a view may be played through, and all that its hours ask of the source.
import { day, instant, mondayOf, now } from "../moment.js";
import { questionOf } from "./picture.js";

/** Return `{query, on}`, the question and the day of a view; null where it asks nothing. */
export function dayAsked(stage, view) {
  const query = questionOf(view, "after");
  if (query === null) return null;
  return { query, on: query.at ? day(query.at) : stage.story.day ?? day(now()) };
}

/** Fetch the curve of the day's week. */
export const weekFetched = (source, { query, on }) => source.week(query, mondayOf(on));

/** Fetch an hour of the day: [figures of the cells, which stations serve]. */
export function hourFetched(stage, source, { query, on }, hour) {
  const asked = { ...query, at: instant(on, hour * 60) };
  return Promise.all([
    stage.level() === null ? null : source.cells(asked, stage.level()),
    source.serving(asked),
  ]);
}
