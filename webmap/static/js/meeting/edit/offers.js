// Which figures a view has, with what they say now: they depend on what it asks, not on its words.
import { send } from "../../api.js";
import { lang } from "../../i18n.js";
import { plain } from "./views.js";

const KEPT = 60;
const known = new Map(); // questions as text → promise of [{name, caption, text}]

/** Resolve to the figures that a view may show or quote. */
export function offersOf(view) {
  const { asked, against } = plain(view);
  const key = JSON.stringify([asked, against]);
  if (!known.has(key)) {
    if (known.size >= KEPT) known.delete(known.keys().next().value);
    const waiting = send("POST", `stories/offered?lang=${lang}`, { view: { asked, against } });
    known.set(key, waiting.then(({ figures }) => figures));
    waiting.catch(() => known.delete(key));
  }
  return known.get(key);
}
