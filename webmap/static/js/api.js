// Ask the server; a failure becomes one plain sentence.
import { city } from "./island.js";
import { isOurs, t } from "./i18n.js";

export class Problem extends Error {
  /**
   * `status` is that of the answer, 0 when there was none; `body` the server's own problem; `detail`
   * its text where that is in another language than the page.
   */
  constructor(words, status = 0, body = null, detail = "") {
    super(words);
    this.status = status;
    this.body = body ?? {};
    this.detail = detail;
    // Asking the same again can only help where the server or the way to it was at fault.
    this.mayPass = status === 0 || status === 429 || status >= 500;
  }
}

const DETAIL = 160; // so many letters of a foreign text are shown
const VAGUE = /:(unprocessable-\w+|option|refused)$/; // what these mean stands in the detail alone

// What stands between page and server – a proxy, a fault that nobody foresaw – speaks as it likes.
function meaning(status) {
  if (status === 413) return t("内容太大，服务器不收；请减少一些再试。");
  if (status === 429) return t("问得太密了；请稍候几秒再试。");
  if (status === 500) return t("服务器出错了；请稍后重试，一再出现时请告诉管理员。");
  if (status > 500) return t("服务器正忙或正在重启；请稍候几秒再试。");
  if (status >= 400) return t("服务器没有接受这个请求；请重新载入页面再试。");
  return t("服务器没有给出答案；请稍后重试。");
}

/** Return the problem that an answer means, in the page's language whoever answered. */
export function problemOf(status, body) {
  const { title, remedy, detail } = body ?? {};
  if (isOurs(title) && isOurs(remedy)) {
    const words = [title, remedy].join(t("："));
    const isVague = VAGUE.test(body.type) && !body.faults && typeof detail === "string";
    return new Problem(words, status, body, isVague ? detail.slice(0, DETAIL) : "");
  }
  const own = [title, detail].filter((text) => typeof text === "string" && text).join(" – ");
  return new Problem(meaning(status), status, body, own.slice(0, DETAIL));
}

const kept = new Map(); // address → {asked: promise, answer}, for switching back and forth
const KEPT = 400; // the views of a meeting, and their days

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
  throw problemOf(response.status, body);
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
