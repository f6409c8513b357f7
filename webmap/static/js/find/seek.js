// Ask what a text may mean: the server, and without network the names kept on this phone.
import { post } from "../api.js";
import { city } from "../island.js";

const NO_NETWORK = 0; // the status of a question that reached nobody

async function keptHere({ text, k, lon, lat }) {
  const { open } = await import("../pocket/index.js");
  const pocket = await open(city.slug).catch(() => null); // one that cannot be read is none
  return pocket?.search(text, k, lon ?? null, lat ?? null) ?? null;
}

/** Return `{found: [rows]}`, best first; the text travels in a body and is kept nowhere. */
export async function seek(question, signal) {
  try {
    return await post("search", question, signal);
  } catch (fault) {
    if (fault.status !== NO_NETWORK) throw fault;
    const found = await keptHere(question);
    if (!found) throw fault;
    return found;
  }
}
