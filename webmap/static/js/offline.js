// The page without network: says what is on the phone and how old it is, brings it, throws it away,
// and takes over a new version of the page when its owner wants to.
import { fill, h, icon } from "./dom.js";
import { age } from "./find/saying.js";
import { lang, t, tenths } from "./i18n.js";
import { city } from "./island.js";
import { day, now } from "./moment.js";
import { open, PocketBroken } from "./pocket/index.js";
import * as store from "./pocket/store.js";

const UNASKED_BYTES = 2_000_000; // so much is brought without asking
const DAY_MS = 86_400_000;

const status = {
  pocket: null, // what is on the phone
  page: "coming", // it opens without network: "kept"; the browser keeps none: "fleeting"
  offer: null, // what could be brought, once that is known
  share: null, // 0…1 while it is brought
  fault: "", // what went wrong last, in words
  waiting: null, // a new version of the page, ready to take over
  prompt: null, // the browser's own offer to put the page on the home screen
};
let slot;

/** Fill a slot with all that is to be said of flight mode, and get the page ready for it. */
export async function mount(element) {
  slot = element;
  if (!store.isPossible() || !("serviceWorker" in navigator)) return;
  for (const name of ["online", "offline"]) globalThis.addEventListener(name, render);
  globalThis.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    status.prompt = event;
    render();
  });
  await Promise.all([look(), store.noteLanguage(lang)]);
  keepPage(navigator.serviceWorker.controller ? "kept" : "coming");
  await calm();
  await Promise.all([register(), consider(), drawPlainly()]);
}

/** Draw the pocket's streets where the map's own files are neither here nor within reach. */
async function drawPlainly() {
  if (!status.pocket || await store.hasMap(city.slug)) return;
  const [{ plainStreets }, { drawn }] = await Promise.all([
    import("./pocket/plain.js"), import("./draw/bridge.js"),
  ]);
  const { map } = await drawn;
  const layer = plainStreets(globalThis.L, status.pocket);
  const show = () => (navigator.onLine ? layer.remove() : layer.addTo(map));
  for (const name of ["online", "offline"]) globalThis.addEventListener(name, show);
  show();
}

/** Wait until the page has drawn what it was opened for. */
const calm = () => new Promise((done) => {
  const idle = globalThis.requestIdleCallback ?? setTimeout; // Safari has none
  idle(() => done());
});

/** See what is on the phone; what is damaged is gone after that. */
async function look() {
  try {
    status.pocket = await open(city.slug);
  } catch (fault) {
    if (!(fault instanceof PocketBroken)) throw fault;
    status.pocket = null;
    status.fault = t("离线数据损坏或过旧，已删除");
  }
}

/** Learn what there is to bring; bring it unasked where it is small, or where it grew old. */
async function consider() {
  if (status.share !== null) return; // it is being brought
  try {
    status.offer = await store.offer(city.slug);
  } catch {
    return; // no network: what is on the phone is all there is
  } finally {
    render();
  }
  const { offer, pocket } = status;
  const isNew = pocket?.day === offer.day && pocket.version === offer.version;
  if (isNew || offer.cost > UNASKED_BYTES || navigator.connection?.saveData) return;
  if (pocket || !store.isUnwanted(city.slug)) await bring();
}

async function bring() {
  status.share = 0;
  status.fault = "";
  render();
  try {
    await store.bring(city.slug, status.offer, (share) => {
      status.share = share;
      render();
    });
    await look();
    await navigator.storage?.persist?.();
  } catch {
    status.fault = t("没有存下来：网络断了，或手机空间不够");
  } finally {
    status.share = null;
    render();
  }
}

async function discard() {
  await store.discard(city.slug, { byHand: true });
  status.pocket = null;
  render();
}

async function register() {
  const page = `/${city.slug}/find`;
  const found = await navigator.serviceWorker
    .register(`/sw.js?city=${city.slug}`, { scope: page }).catch(() => null);
  if (!found) { // a private window, say: then the page needs the network, as any page
    keepPage("fleeting");
    return;
  }
  const told = (worker) => {
    // Without a controller this is the first version: there is nothing to take over from.
    status.waiting = navigator.serviceWorker.controller ? worker : null;
    render();
  };
  if (found.waiting) told(found.waiting);
  found.addEventListener("updatefound", () => {
    const worker = found.installing;
    worker.addEventListener("statechange", () => {
      if (worker.state === "installed") told(worker);
      else if (status.waiting === worker) told(null);
    });
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return; // a page on the home screen is not opened anew for days
    found.update().catch(() => {}); // without network there is nothing new
    consider();
  });
  await navigator.serviceWorker.ready;
  keepPage("kept");
}

function keepPage(how) {
  status.page = how;
  slot.dataset.page = how;
  render();
}

function renew() {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  status.waiting.postMessage("take over");
}

async function install() {
  const { prompt } = status;
  status.prompt = null; // it can be used once
  await prompt.prompt();
  render();
}

const megabytes = (bytes) => t("{n} MB", { n: tenths.format(Math.max(bytes, 1e5) / 1e6) });

/** Return for how many days, the city's today included, the opening hours are known. */
function known({ until }) {
  const stamp = (on) => Date.parse(`${on}T00:00:00Z`);
  return Math.max(0, Math.round((stamp(until) - stamp(day(now(1, city.zone)))) / DAY_MS));
}

function sentence() {
  const { pocket, offer, share, page } = status;
  if (share !== null) return t("正在保存… {n}%", { n: Math.round(100 * share) });
  if (!pocket) {
    if (!navigator.onLine) return t("现在没有网络，手机上也没有离线数据");
    return offer ? t("没有网络也能找驿站：含街道、驿站和未来 {n} 天开放时间", { n: offer.days }) : "";
  }
  if (page === "coming") return t("正在保存……"); // the page itself
  const days = known(pocket);
  const words = days
    ? t("含未来 {n} 天开放时间", { n: days })
    : t("已经太旧：开放时间一律按未知");
  const place = navigator.onLine ? t("离线数据") : t("离线 · 数据");
  const ending = page === "fleeting" ? t("这个浏览器只在页面开着时能用") : "";
  return [`${place} ${age(pocket.keptAt)}`, words, ending].filter(Boolean).join(" · ");
}

function buttons() {
  const { pocket, offer, share, waiting, prompt } = status;
  const button = (words, act, name) => h(`button.button.${name}`, { type: "button", onclick: act }, words);
  const isOld = pocket && offer && (pocket.day !== offer.day || pocket.version !== offer.version);
  return [
    waiting && button(t("有新版本：更新"), renew, "renew"),
    share === null && offer && navigator.onLine && (!pocket || isOld)
      && button(pocket
        ? t("更新（{size}）", { size: megabytes(offer.cost) })
        : t("保存到手机（{size}）", { size: megabytes(offer.total) }), bring, "bring"),
    prompt && button(t("添加到桌面"), install, "install"),
    share === null && pocket
      && button(t("删除（{size}）", { size: megabytes(pocket.bytes) }), discard, "discard"),
  ].filter(Boolean);
}

function render() {
  const words = [status.fault, sentence()].filter(Boolean);
  slot.hidden = !words.length && !status.waiting && !status.prompt;
  slot.classList.toggle("away", !navigator.onLine);
  fill(slot, h("p.offline-told", { role: "status" }, icon("save"), h("span", {}, words.join("。"))),
    h("div.offline-do", {}, buttons()));
}
