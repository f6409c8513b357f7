// Where the phone keeps a city for flight mode: the browser's own cache, one for each city. Only
// what everybody may see is in it; no question and no position ever is.

export const POCKET = (slug) => `/api/cities/${slug}/pocket`;
const DAYS = (slug) => `${POCKET(slug)}?only=days`; // what a pocket of an earlier day needs anew
const KEPT_AT = "X-Kept-At";
const BYTES = "X-Bytes";
const VERSION = "X-Version"; // of the city's data; the service worker reads it, too
const SOFTWARE = "X-Software"; // that wrote the pocket; another one may write other parts
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

/**
 * Return what there is to keep: {bytes, renewal, total, day, days, tiles: [{name, url, bytes}],
 * version, software}, and `cost`, the bytes of it that would travel.
 */
export async function offer(slug) {
  const facts = await (await fetched(`${POCKET(slug)}/facts`)).json();
  const there = await found(slug, POCKET(slug));
  if (!there) return { ...facts, cost: facts.total };
  // A map that is here already does not travel; of the same data only the days are new.
  return { ...facts, cost: isOf(there, facts) ? facts.renewal : facts.bytes };
}

const isOf = (pocket, { version, software }) => (
  pocket?.headers.get(VERSION) === version && pocket.headers.get(SOFTWARE) === software);

/** Bring the pocket, the list of stations and the map; `told(share)` hears how far it is. */
export async function bring(slug, facts, told = () => {}) {
  const { cost, total, tiles, version, software } = facts;
  let done = 0;
  const step = (many) => {
    done += many;
    told(Math.min(done / cost, 1));
  };
  const isSame = isOf(await found(slug, POCKET(slug)), facts);
  const address = isSame ? DAYS(slug) : POCKET(slug);
  const answer = await fetched(address);
  if (!isSame) await (await cacheOf(slug)).delete(DAYS(slug));
  await keep(slug, address, answer, {
    [KEPT_AT]: new Date().toISOString(), [BYTES]: String(total), [VERSION]: version, [SOFTWARE]: software,
  });
  step(isSame ? facts.renewal : facts.bytes);
  const stations = `/api/cities/${slug}/stations`;
  await keep(slug, stations, await fetched(stations), {});
  for (const tile of tiles) {
    const place = `/tiles/${slug}/${tile.name}.pmtiles`;
    if (await versionOf(slug, place) !== version) {
      await keep(slug, place, await fetched(tile.url), { [VERSION]: version });
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

/**
 * Return the kept pocket, {keptAt (Date), bytes, version, read() → its bytes, readDays() → those of
 * its newer days, or null}, or null.
 */
export async function kept(slug) {
  if (!isPossible()) return null;
  const there = await found(slug, POCKET(slug));
  if (!there) return null;
  const version = there.headers.get(VERSION);
  const days = await found(slug, DAYS(slug));
  const newer = days?.headers.get(VERSION) === version ? days : null;
  return {
    read: () => there.arrayBuffer(),
    readDays: () => newer?.arrayBuffer() ?? null,
    keptAt: new Date((newer ?? there).headers.get(KEPT_AT)),
    bytes: Number(there.headers.get(BYTES)),
    version,
  };
}

/** Throw away what is kept; by hand also notes not to bring it again by itself. */
export async function discard(slug, { byHand = false } = {}) {
  await caches.delete(`pocket-${slug}`);
  if (byHand) localStorage.setItem(DECISION(slug), "no");
}

export const isUnwanted = (slug) => localStorage.getItem(DECISION(slug)) === "no";
