// Edits that could not be saved wait on this machine, one list for each scenario.
import { city } from "../island.js";

const key = (id) => `yizhan:draft:${city.slug}:${id ?? "new"}`;

/** Return {changes, revision} of a scenario (no id: of one that is still to be made), or null. */
export function read(id) {
  try {
    return JSON.parse(localStorage.getItem(key(id)));
  } catch {
    return null; // the browser keeps nothing, or somebody else wrote there
  }
}

/** Keep edits with the revision of the scenario that they were made on. */
export function keep(id, changes, revision = null) {
  try {
    localStorage.setItem(key(id), JSON.stringify({ changes, revision }));
  } catch {
    // The browser keeps nothing: the edits stay until the page is left.
  }
}

export function drop(id) {
  try {
    localStorage.removeItem(key(id));
  } catch {
    // Nothing was kept.
  }
}
