// Data that the server put into the page as JSON: never as script.

export function island(id, fallback = null) {
  const element = document.getElementById(id);
  return element ? JSON.parse(element.textContent) : fallback;
}

const opened = new Map(); // id → what was packed

/** Return a promise of the data of an island that may be packed (gzip in base64); read once. */
export function unpacked(id, fallback = null) {
  if (!opened.has(id)) opened.set(id, unpack(document.getElementById(id), fallback));
  return opened.get(id);
}

async function unpack(element, fallback) {
  if (!element) return fallback;
  if (element.type !== "application/gzip") return JSON.parse(element.textContent);
  const letters = atob(element.textContent);
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

/** What the API tells about this page's city. */
export const city = island("city-facts", {});
