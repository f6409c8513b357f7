// Edits that could not be saved wait on this machine, one list for each scenario.
import { city } from "../island.js";
import * as shelf from "../shelf.js";

const key = (id) => `yizhan:draft:${city.slug}:${id ?? "new"}`;

/** Return {changes, revision} of a scenario (no id: of one that is still to be made), or null. */
export const read = (id) => shelf.read(key(id));

/** Keep edits with the revision of the scenario that they were made on. */
export const keep = (id, changes, revision = null) => shelf.keep(key(id), { changes, revision });

export const drop = (id) => shelf.drop(key(id));
