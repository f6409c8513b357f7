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

// Looking for something must not make an empty cache, which opening it does.
const found = (slug, address) => caches.match(address, { cacheName: `pocket-${slug}` });

const versionOf = async (slug, address) => (await found(slug, address))?.headers.get(VERSION);

/** Return whether the map's files are kept. */
export const hasMap = async (slug) => Boolean(await found(slug, `/tiles/${slug}/roads.pmtiles`));

/** Note which language was seen last: without network the page opens in it. */
export async function noteLanguage(language) {
  await (await caches.open("find-page")).put("/language", new Response(language));
}

/** Return the kept pocket, {keptAt (Date), bytes, version, read() → its bytes}, or null. */
export async function kept(slug) {
  if (!isPossible()) return null;
  const there = await found(slug, POCKET(slug));
  if (!there) return null;
  return {
    read: () => there.arrayBuffer(),
    keptAt: new Date(there.headers.get(KEPT_AT)),
    bytes: Number(there.headers.get(BYTES)),
    version: there.headers.get(VERSION),
  };
}

/** Throw away what is kept; by hand also notes not to bring it again by itself. */
export async function discard(slug, { byHand = false } = {}) {
  await caches.delete(`pocket-${slug}`);
  if (byHand) localStorage.setItem(DECISION(slug), "no");
}

export const isUnwanted = (slug) => localStorage.getItem(DECISION(slug)) === "no";
