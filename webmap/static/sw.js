// The service worker of one city's find page: the page opens without network. The server puts
// `const SHELL = {city, software, version, page, files}` in front, so that its bytes change with
// the software and with the city, which is how a browser learns of a new version.
//
// Only the find page is in its scope. Questions with a position are never kept: they are POSTs,
// which pass by; without network the page asks its own pocket (js/pocket).

const PREFIX = `find-${SHELL.city}-`;
const CACHE = `${PREFIX}${SHELL.software}-${SHELL.version}`;
const KEPT = `pocket-${SHELL.city}`; // what the page has put by: pocket and map tiles
const LANGUAGES = ["zh", "en"];
const NOTES = "find-page"; // the page notes here which language was seen last
const LANGUAGE = "/language"; // under this address, which the server does not have
const ANY = { ignoreVary: true };
const FILES = new Set(SHELL.files);
const STATIONS = `/api/cities/${SHELL.city}/stations`;
const TILES = new RegExp(`^/tiles/${SHELL.city}/([^/]+)/(\\w+\\.pmtiles)$`);

const pageIn = (language) => `${SHELL.page}?lang=${language}`;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const answer = answerTo(event.request);
  if (answer) event.respondWith(answer);
});
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

async function install() {
  const cache = await caches.open(CACHE);
  await Promise.all([...FILES, ...LANGUAGES.map(pageIn)].map(async (address) => {
    // Without cookies: asking for a language must not choose it.
    const answer = await fetch(address, { cache: "no-cache", credentials: "omit" });
    if (!answer.ok) throw new Error(`${answer.status} ${address}`);
    await cache.put(address, answer);
  }));
  // Only the data changed: no script on an open page grows old by that.
  const same = (await older()).some((name) => name.startsWith(`${PREFIX}${SHELL.software}-`));
  if (same) await self.skipWaiting();
}

const older = async () => (
  (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE));

async function activate() {
  await Promise.all((await older()).map((name) => caches.delete(name)));
  await self.clients.claim();
}

function answerTo(request) {
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return null;
  if (request.mode === "navigate") return address.pathname === SHELL.page ? page(request, address) : null;
  if (FILES.has(address.pathname)) return file(request, address.pathname);
  if (TILES.test(address.pathname)) return tiles(request, address.pathname);
  if (address.pathname === STATIONS) return newest(request);
  return null;
}

/** The page as it was kept; a language that is asked for is the server's to choose and to note. */
async function page(request, address) {
  const asked = address.searchParams.get("lang");
  if (asked) {
    try {
      return await fetch(request);
    } catch {
      return file(request, pageIn(LANGUAGES.includes(asked) ? asked : LANGUAGES[0]));
    }
  }
  return file(request, pageIn(await language()));
}

async function language() {
  const noted = await caches.match(LANGUAGE, { cacheName: NOTES });
  if (noted) return noted.text();
  const wanted = self.navigator.languages.map((name) => name.slice(0, 2));
  return wanted.find((name) => LANGUAGES.includes(name)) ?? LANGUAGES[0];
}

async function file(request, address) {
  const kept = await caches.match(address, { cacheName: CACHE, ...ANY });
  return kept ?? fetch(request);
}

async function newest(request) {
  try {
    return await fetch(request);
  } catch (fault) {
    const kept = await caches.match(STATIONS, { cacheName: KEPT, ...ANY });
    if (kept) return kept;
    throw fault;
  }
}

/** Ranges of a tile archive out of the whole file, if that is kept; any version without network. */
async function tiles(request, path) {
  const [, version, name] = TILES.exec(path);
  const kept = await caches.match(`/tiles/${SHELL.city}/${name}`, { cacheName: KEPT, ...ANY });
  if (!kept) return fetch(request);
  if (kept.headers.get("X-Version") !== version) {
    try {
      return await fetch(request);
    } catch {
      return range(request, kept);
    }
  }
  return range(request, kept);
}

async function range(request, kept) {
  const wanted = /^bytes=(\d+)-(\d+)$/.exec(request.headers.get("Range") ?? "");
  if (!wanted) return kept;
  const whole = await kept.blob();
  const first = Number(wanted[1]);
  const last = Math.min(Number(wanted[2]), whole.size - 1);
  if (first > last) return new Response(null, { status: 416 });
  return new Response(whole.slice(first, last + 1), {
    status: 206,
    headers: { "Content-Range": `bytes ${first}-${last}/${whole.size}` },
  });
}
