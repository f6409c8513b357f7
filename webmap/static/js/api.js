// Ask the server; a failure becomes one plain sentence.
import { city } from "./island.js";
import { t } from "./i18n.js";

export class Problem extends Error {
  /** `status` is that of the answer, 0 when there was none; `body` the server's own problem. */
  constructor(words, status = 0, body = null) {
    super(words);
    this.status = status;
    this.body = body ?? {};
    // Asking the same again can only help where the server or the way to it was at fault.
    this.mayPass = status === 0 || status === 429 || status >= 500;
  }
}

const kept = new Map(); // address → {asked: promise, answer}, for switching back and forth
const KEPT = 160;

async function answer(path, options = {}) {
  let response;
  let body;
  try {
    response = await fetch(path, { headers: { Accept: "application/json" }, ...options });
    body = response.status === 204 ? {} : await response.json();
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    if (!response) throw new Problem(t("连不上服务器；请检查网络后重试。"));
    body = null;
  }
  if (response.ok && body !== null) return body;
  const words = [body?.title, body?.remedy].filter(Boolean).join(t("："));
  const told = words || body?.detail || t("服务器没有给出答案；请稍后重试。");
  throw new Problem(told, response.status, body);
}

function address(path, query) {
  const words = Object.entries(query)
    .filter(([, value]) => value !== null && value !== undefined && value !== "");
  const tail = words.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
  return `/api/cities/${encodeURIComponent(city.slug)}/${path}${tail ? `?${tail}` : ""}`;
}

/** Get something of this city; equal questions are asked once. */
export function get(path, query = {}) {
  const url = address(path, query);
  let found = kept.get(url);
  kept.delete(url); // what is used again stays longest
  if (!found) {
    found = { asked: answer(url) };
    const mine = found;
    mine.asked.then(
      (body) => {
        mine.answer = body;
      },
      () => kept.get(url) === mine && kept.delete(url),
    );
    if (kept.size >= KEPT) kept.delete(kept.keys().next().value);
  }
  kept.set(url, found);
  return found.asked;
}

/** Return an answer that is here already, or undefined. */
export const peek = (path, query = {}) => kept.get(address(path, query))?.answer;

/** Forget the answers whose address holds these words: what they told is no longer so. */
export function forget(words) {
  for (const url of [...kept.keys()]) if (url.includes(words)) kept.delete(url);
}

/** Ask with a body: positions never stand in an address. */
export const post = (path, body, signal = null) => send("POST", path, body, signal);

/** Write something: PUT, POST with a body, or DELETE without. */
export function send(method, path, body = null, signal = null) {
  if (body === null) return answer(address(path, {}), { method, signal });
  return answer(address(path, {}), {
    method,
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
    signal,
  });
}
