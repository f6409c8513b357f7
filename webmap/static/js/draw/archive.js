// Read tile archives by byte ranges, patiently: the browser's cache now and then refuses a range whose
// neighbour was aborted, and the tile would stay blank.

const TRIES = 3;

class Ranges {
  constructor(url) {
    this.url = new URL(url, location.href).href;
  }

  getKey() {
    return this.url;
  }

  // The library's abort signal is left aside: what was asked for is soon needed again.
  async getBytes(offset, length) {
    const headers = { Range: `bytes=${offset}-${offset + length - 1}` };
    for (let tried = 1; ; tried += 1) {
      try {
        const cache = tried === 1 ? "default" : "no-store";
        const answer = await fetch(this.url, { headers, cache });
        if (!answer.ok) throw new Error(`${answer.status} ${this.url}`);
        return { data: await answer.arrayBuffer() };
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
