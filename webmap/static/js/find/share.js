// Take a station along: its address, its position in a datum, a link to it, its number to call.
import { fill, h, icon, phone } from "../dom.js";
import { t, title } from "../i18n.js";
import { city } from "../island.js";

// The datums of maps in China; elsewhere there is only the first.
const DATUMS = [
  ["wgs84", "GPS（WGS84）"], ["gcj02", "高德、腾讯（GCJ-02）"], ["bd09", "百度（BD-09）"],
];

/** Copy a text; return whether that went well. Plain http has no clipboard, but a selection. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

function copySelected(text) {
  const before = document.activeElement;
  const field = h("textarea.unseen", { readonly: true, "aria-hidden": "true" });
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  before?.focus?.({ preventScroll: true });
  return done;
}

/** Return the address of a station's page: the station, and nothing of the person who shares it. */
export function linkTo(station) {
  const path = `/${encodeURIComponent(city.slug)}/find`;
  return `${location.origin}${path}?station=${encodeURIComponent(station.id)}`;
}

/** Return a position as text, latitude first, as people read it out: 23.123456, 113.123456. */
export const positionText = ([lon, lat]) => `${lat.toFixed(6)}, ${lon.toFixed(6)}`;

/** Show what can be taken along of a station. */
export function mount(element, { station }) {
  element.classList.add("share");
  const note = h("p.small.share-note", { role: "status" });
  const say = (words) => fill(note, words);
  const take = async (text, done) => say((await copy(text)) ? done : t("没能复制；请长按选取：{text}", { text }));

  const known = DATUMS.filter(([key]) => station.position[key]);
  const datum = known.length > 1
    ? h("select", { "aria-label": t("坐标系") }, known.map(([key, words]) => h("option", { value: key }, t(words))))
    : null;

  async function share() {
    const url = linkTo(station);
    const text = [title(station), station.address].filter(Boolean).join(" · ");
    if (!navigator.share) {
      await take(url, t("已复制链接，可以发给同事。"));
      return;
    }
    try {
      await navigator.share({ title: title(station), text, url });
    } catch (fault) {
      if (fault.name !== "AbortError") await take(url, t("已复制链接，可以发给同事。"));
    }
  }

  fill(element,
    h("div.share-row", {},
      h("button.button", { type: "button", "data-do": "share", onclick: share }, icon("link"), t("分享")),
      station.address && h("button.button", {
        type: "button", "data-do": "address", onclick: () => take(station.address, t("已复制地址。")),
      }, icon("copy"), t("复制地址")),
      station.phone && phone(station.phone, icon("phone"))),
    h("div.share-row", {},
      h("button.button", {
        type: "button",
        "data-do": "position",
        onclick: () => take(positionText(station.position[datum?.value ?? known[0][0]]), t("已复制坐标（纬度在前）。")),
      }, icon("copy"), t("复制坐标")),
      datum),
    note);
}
