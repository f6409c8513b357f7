// Where the phone keeps a city for flight mode: the browser's own cache, one for each city. Only
// what everybody may see is in it; no question and no position ever is.

export const POCKET = (slug) => `/api/cities/${slug}/pocket`;
const KEPT_AT = "X-Kept-At";
const BYTES = "X-Bytes";
const VERSION = "X-Version"; // of the city's data; the service worker reads it, too
const DECISION = (slug) => `pocket:${slug}`; // "no": deleted by hand, so do not bring it again

export const isPossible = () => "caches" in globalThis && globalThis.isSecureContext;

const cacheOf = (slug) => caches.open(`pocket-${slug}`);

/** Put an answer by, with the moment and the size. */
async function keep(slug, address, answer, headers) {
  const body = await answer.arrayBuffer();
  const noted = { "Content-Type": answer.headers.get("Content-Type") ?? "", ...headers };
  await (await cacheOf(slug)).put(address, new Response(body, { headers: noted }));
}

async function fetched(address) {
  const answer = await fetch(address, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  return answer;
}

/** Return what there is to keep: {bytes, total, day, days, tiles: [{name, url, bytes}], version}. */
export const offer = async (slug) => (await fetched(`${POCKET(slug)}/facts`)).json();

/** Bring the pocket, the list of stations and the map; `told(share)` hears how far it is. */
export async function bring(slug, { bytes, total, tiles, version }, told = () => {}) {
  let done = 0;
  const step = (many) => {
    done += many;
    told(Math.min(done / total, 1));
  };
  await keep(slug, POCKET(slug), await fetched(POCKET(slug)), {
    [KEPT_AT]: new Date().toISOString(), [BYTES]: String(total), [VERSION]: version,
  });
  step(bytes);
  const stations = `/api/cities/${slug}/stations`;
  await keep(slug, stations, await fetched(stations), {});
  for (const tile of tiles) {
    const address = `/tiles/${slug}/${tile.name}.pmtiles`;
    if (await versionOf(slug, address) !== version) {
      await keep(slug, address, await fetched(tile.url), { [VERSION]: version });
    }
    step(tile.bytes);
  }
  localStorage.removeItem(DECISION(slug));
}

async function versionOf(slug, address) {
  const kept = await (await cacheOf(slug)).match(address);
  return kept?.headers.get(VERSION);
}

/** Return whether map files are kept. */
export async function hasMap(slug) {
  const names = await (await cacheOf(slug)).keys();
  return names.some(({ url }) => new URL(url).pathname.startsWith("/tiles/"));
}

/** Return the kept pocket, {keptAt (Date), bytes, version, read() → its bytes}, or null. */
export async function kept(slug) {
  if (!isPossible()) return null;
  const found = await (await cacheOf(slug)).match(POCKET(slug));
  if (!found) return null;
  return {
    read: () => found.arrayBuffer(),
    keptAt: new Date(found.headers.get(KEPT_AT)),
    bytes: Number(found.headers.get(BYTES)),
    version: found.headers.get(VERSION),
  };
}

/** Throw away what is kept; by hand also notes not to bring it again by itself. */
export async function discard(slug, { byHand = false } = {}) {
  await caches.delete(`pocket-${slug}`);
  if (byHand) localStorage.setItem(DECISION(slug), "no");
}

export const isUnwanted = (slug) => localStorage.getItem(DECISION(slug)) === "no";
