// Ask the server; a failure becomes one plain sentence.
import { city } from "./island.js";
import { t } from "./i18n.js";

export class Problem extends Error {
  /** `status` is that of the answer, 0 when there was none. */
  constructor(words, status = 0) {
    super(words);
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
    body = await response.json();
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    if (!response) throw new Problem(t("连不上服务器；请检查网络后重试。"));
    body = null;
  }
  if (response.ok && body !== null) return body;
  const words = [body?.title, body?.remedy].filter(Boolean).join(t("："));
  throw new Problem(words || body?.detail || t("服务器没有给出答案；请稍后重试。"), response.status);
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

/** Ask with a body: positions never stand in an address. */
export function post(path, body, signal = null) {
  return answer(address(path, {}), {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
    signal,
  });
}
