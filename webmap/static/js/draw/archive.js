// Read tile archives by byte ranges, patiently: the browser's cache now and then refuses a range whose
// neighbour was aborted, and the tile would stay blank.

const TRIES = 3;
const MOST_BYTES = 16 * 1024 * 1024; // a larger archive is never kept whole
const archives = [];

class Ranges {
  constructor(url) {
    this.url = new URL(url, location.href).href;
    this.whole = null; // all bytes, where they are kept
    this.size = null; // of how many bytes the archive is, once a range of it was read
    archives.push(this);
  }

  /** Keep all bytes, so that no tile is missed where the network is cut. */
  async keep() {
    if (this.whole || !this.size || this.size > MOST_BYTES) return;
    const answer = await fetch(this.url);
    const data = await answer.arrayBuffer();
    if (answer.ok && data.byteLength === this.size) this.whole = data;
  }

  getKey() {
    return this.url;
  }

  // The library's abort signal is left aside: what was asked for is soon needed again.
  async getBytes(offset, length) {
    if (this.whole) return { data: this.whole.slice(offset, offset + length) };
    const headers = { Range: `bytes=${offset}-${offset + length - 1}` };
    for (let tried = 1; ; tried += 1) {
      try {
        const cache = tried === 1 ? "default" : "no-store";
        const answer = await fetch(this.url, { headers, cache });
        if (!answer.ok) throw new Error(`${answer.status} ${this.url}`);
        this.size ??= Number(answer.headers.get("Content-Range")?.split("/")[1]) || null;
        const data = await answer.arrayBuffer();
        if (offset === 0 && data.byteLength === this.size) this.whole = data; // it is that small
        return { data: this.whole ? data.slice(0, length) : data };
      } catch (fault) {
        if (tried === TRIES) throw fault;
      }
    }
  }
}

const views = new Map(); // address → decoded tiles, shared by the layers that draw them

/** Let a layer of the library read its archives our way, each archive once for all layers. */
export function readPatiently(layer, sources) {
  for (const [name, { url }] of Object.entries(sources)) {
    if (!views.has(url)) {
      const view = layer.views.get(name);
      view.tileCache.source.p.source = new Ranges(url);
      views.set(url, view);
    }
    layer.views.set(name, views.get(url));
  }
}

/** Keep all archives of the map whole, but for very large ones. */
export const keepArchives = () => Promise.all(archives.map((archive) => archive.keep()));
