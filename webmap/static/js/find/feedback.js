// Tell in two taps that something at a station is wrong, or thank. It holds the station, what is
// said and the day: no position, no name, no time of the day.
import { post } from "../api.js";
import { fill, h, icon } from "../dom.js";
import { count, t } from "../i18n.js";
import { city } from "../island.js";

const KINDS = [
  ["closed", "关门了"], ["wrong_place", "位置不对"], ["broken_charger", "充电坏了"], ["thanks", "谢谢"],
];

const UNDO_S = 5; // so long a press can be taken back: it is sent only then
const KEPT = 20; // so many wait on the phone at most
const KEPT_DAYS = 14;
const SHELF = `yizhan.feedback.${city.slug}`;

let pending = null; // what is about to be sent: {station, kind, day, timer}

function read() {
  try {
    const list = JSON.parse(localStorage.getItem(SHELF) ?? "[]");
    return Array.isArray(list) ? list : [];
  } catch {
    return []; // unreadable, or the browser keeps nothing: there is nothing to send
  }
}

function write(list) {
  try {
    if (list.length) localStorage.setItem(SHELF, JSON.stringify(list.slice(-KEPT)));
    else localStorage.removeItem(SHELF);
    return true;
  } catch {
    return false;
  }
}

const same = (a, b) => a.station === b.station && a.kind === b.kind && a.day === b.day;
const isFresh = ({ day }) => Date.now() - Date.parse(`${day}T00:00`) < KEPT_DAYS * 86_400_000;

const path = (station) => `stations/${encodeURIComponent(station)}/feedback`;
const deliver = ({ station, kind, day }) => post(path(station), { kind, day });

/** Keep one for later; return whether the phone keeps it. */
function shelve(one) {
  const { station, kind, day } = one;
  return write([...read().filter((other) => !same(other, one)), { station, kind, day }]);
}

let flushing = null;

/** Send what waits on the phone; what the server will not have at all is dropped. */
export function flush() {
  flushing ??= sendAll().finally(() => {
    flushing = null;
  });
  return flushing;
}

async function sendAll() {
  for (const one of read()) {
    try {
      if (isFresh(one)) await deliver(one);
    } catch (fault) {
      if (fault.mayPass !== false) return;
    }
    write(read().filter((other) => !same(other, one)));
  }
}

addEventListener("online", flush);

// The page goes away: what could still have been taken back counts as said.
addEventListener("pagehide", () => {
  if (!pending) return;
  const { station, kind, day, timer } = pending;
  clearInterval(timer);
  const body = new Blob([JSON.stringify({ kind, day })], { type: "application/json" });
  const url = `/api/cities/${encodeURIComponent(city.slug)}/${path(station)}`;
  if (!navigator.onLine || !navigator.sendBeacon(url, body)) shelve(pending);
  pending = null;
});

async function send(one, say) {
  try {
    await deliver(one);
    say(t("谢谢，已送到。"), "good");
  } catch (fault) {
    if (fault.status === 0 && shelve(one)) say(t("现在没有网络；已记在手机里，联网后自动送出。"), "good");
    else if (fault.status >= 500 && shelve(one)) say(t("服务器现在收不下；已记在手机里，下次打开时送出。"), "good");
    else say(fault.message, "bad");
  }
}

/** Show the two taps in an element; `day` is the city's today, like 2026-11-20. */
export function mount(element, { station, day }) {
  element.classList.add("feedback");
  const offers = new Set(station.services ?? []);
  const kinds = KINDS.filter(([kind]) => kind !== "broken_charger" || offers.has("charging"));

  const closed = () => fill(element,
    h("button.button.quiet", { type: "button", "aria-expanded": "false", onclick: opened },
      icon("pen"), t("这里有变化？告诉我们")));

  function opened() {
    const buttons = kinds.map(([kind, words]) => h("button.button", {
      type: "button", "data-kind": kind, onclick: () => chosen(kind, t(words)),
    }, t(words)));
    fill(element, h("p.small", { id: "feedback-ask" }, t("怎么了？点一下就行，不留姓名和位置。")),
      h("div.feedback-kinds", { role: "group", "aria-labelledby": "feedback-ask" }, buttons));
    buttons[0].focus({ preventScroll: true });
  }

  const say = (words, tone) => fill(element, h(`p.feedback-said.${tone}`, { role: "status" }, words));

  function chosen(kind, words) {
    if (pending) settle();
    const one = { station: station.id, kind, day, say, timer: null };
    let left = UNDO_S;
    const seconds = h("span", {}, count(left));
    const undo = h("button.button", {
      type: "button",
      "data-do": "undo",
      onclick: () => {
        clearInterval(one.timer);
        pending = null;
        closed();
        element.querySelector("button").focus({ preventScroll: true });
      },
    }, icon("undo"), t("撤销"));
    fill(element, h("p.feedback-said", { role: "status" }, t("已记下：{words}", { words })),
      h("p.feedback-undo", {}, undo, h("span.muted.small", { "aria-hidden": "true" }, seconds, " ", t("秒后送出"))));
    undo.focus({ preventScroll: true });
    pending = one;
    one.timer = setInterval(() => {
      left -= 1;
      if (left > 0) seconds.textContent = count(left);
      else settle();
    }, 1000);
  }

  closed();
}

/** Send what waits for being taken back, now. */
function settle() {
  const one = pending;
  pending = null;
  clearInterval(one.timer);
  send(one, one.say);
}
