// Hand a station over to a map application: the destination only, never where the rider is.
//
// Each application wants its own coordinates (see `links`); the formats are those that the makers
// document, cited beside each. A custom scheme opens nothing where the application is missing, so
// its link carries a page of the web, too.
import { fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { copy } from "./share.js";
import { isWeChat, system } from "./wechat.js";

const RIDING = new Set(["ebike"]);

/** Return how a profile travels, in the two manners that applications know. */
export const manner = (profile) => (RIDING.has(profile?.name) ? "ride" : "walk");

const degrees = (value) => value.toFixed(6); // 0.1 m
const lonLat = ([lon, lat]) => `${degrees(lon)},${degrees(lat)}`;
const latLon = ([lon, lat]) => `${degrees(lat)},${degrees(lon)}`;
const text = encodeURIComponent;

// Some addresses pack several values into one, with these signs between them; a name must not add
// to them, whether they are encoded or not.
const plain = (words) => text((words ?? "").replace(/[,;:|]+/g, " ").replace(/\s+/g, " ").trim());

// GCJ-02, longitude first. https://lbs.amap.com/api/uri-api/guide/travel/route: on a phone an empty
// `from` is the user's own position, and riding is known on phones only; so a desk is shown the
// point: https://lbs.amap.com/api/uri-api/guide/mobile-web/point
function amap({ name, position: { gcj02 } }, how, on) {
  if (on === "desk") {
    return `https://uri.amap.com/marker?position=${lonLat(gcj02)}&name=${plain(name)}&src=yizhan&coordinate=gaode&callnative=0`;
  }
  return `https://uri.amap.com/navigation?to=${lonLat(gcj02)},${plain(name)}&mode=${how}&src=yizhan&callnative=1`;
}

// BD-09, latitude first. https://lbsyun.baidu.com/index.php?title=uri/api/web has a route only with a
// named start; a marker asks for none.
function baiduPage({ name, address, position: { bd09 } }) {
  return `https://api.map.baidu.com/marker?location=${latLon(bd09)}&title=${text(name)}&content=${text(address || name)}&output=html&coord_type=bd09ll&src=webapp.yizhan.find`;
}

// https://lbsyun.baidu.com/docs/webapi?title=mapadjustment/uri/andriod (from a page: bdapp), …/uri/ios
// and …/uri/harmony (baidumap): without an origin the way begins where the user is.
function baiduApp({ name, position: { bd09 } }, how, on) {
  const [scheme, source] = on === "android" ? ["bdapp", "andr"] : ["baidumap", "ios"];
  const mode = how === "ride" ? "riding" : "walking";
  return `${scheme}://map/direction?destination=name:${plain(name)}%7Clatlng:${latLon(bd09)}&coord_type=bd09ll&mode=${mode}&src=${source}.yizhan.find`;
}

// GCJ-02, latitude first. https://lbs.qq.com/webApi/uriV1/uriGuide/uriWebMarker
function tencentPoint({ name, address, position: { gcj02 } }) {
  return `https://apis.map.qq.com/uri/v1/marker?marker=coord:${latLon(gcj02)};title:${plain(name)};addr:${plain(address || name)}&referer=yizhan`;
}

// https://lbs.qq.com/webApi/uriV1/uriGuide/uriWebRoute: on a phone, without a start, from where the
// user is; of our manners it knows walking.
function tencentWalk({ name, position: { gcj02 } }) {
  return `https://apis.map.qq.com/uri/v1/routeplan?type=walk&to=${plain(name)}&tocoord=${latLon(gcj02)}&referer=yizhan`;
}

// https://lbs.qq.com/webApi/uriV1/uriGuide/uriMobileRoute: the application rides, but not on HarmonyOS.
function tencentRide({ name, position: { gcj02 } }) {
  return `qqmap://map/routeplan?type=bike&fromcoord=CurrentLocation&to=${plain(name)}&tocoord=${latLon(gcj02)}&referer=yizhan`;
}

// Latitude first, in the datum of the map shown: GCJ-02 in the mainland, WGS84 elsewhere. Apple's
// “Map Links” know driving, walking and public transport; who rides gets what he last chose.
// https://developer.apple.com/library/archive/featuredarticles/iPhoneURLScheme_Reference/MapLinks/MapLinks.html
function apple({ position: { gcj02, wgs84 } }, how) {
  return `https://maps.apple.com/?daddr=${latLon(gcj02 ?? wgs84)}${how === "walk" ? "&dirflg=w" : ""}`;
}

// https://developers.google.com/maps/documentation/urls/get-started: WGS84, latitude first.
function google({ position: { wgs84 } }, how) {
  return `https://www.google.com/maps/dir/?api=1&destination=${text(latLon(wgs84))}&travelmode=${how === "ride" ? "bicycling" : "walking"}`;
}

// RFC 5870 (WGS84, latitude first); the query is Android's, to show a name:
// https://developer.android.com/guide/components/intents-common#ViewMap
function geo({ name, position: { wgs84 } }) {
  return `geo:${latLon(wgs84)}?q=${latLon(wgs84)}(${plain(name).replace(/[()]/g, "")})`;
}

/**
 * Return the applications to which a station can be handed over on a system (“android”, “ios”,
 * “harmony”, “mac” or “desk”), as [{app, name, href, page}]: `page` is on the web where `href` needs an
 * application, else null. `how` is “ride” or “walk”.
 */
export function links(station, how, on = system) {
  const onPhone = on !== "desk" && on !== "mac";
  const seat = onPhone ? on : "desk";
  const apples = on === "ios" || on === "mac";
  const found = [];
  const add = (app, name, href, page = null) => found.push({ app, name, href, page });
  if (station.position.gcj02) {
    add("amap", t("高德地图"), amap(station, how, seat));
    if (onPhone) add("baidu", t("百度地图"), baiduApp(station, how, on), baiduPage(station));
    else add("baidu", t("百度地图"), baiduPage(station));
    if (how === "ride" && (on === "android" || on === "ios")) {
      add("tencent", t("腾讯地图"), tencentRide(station), tencentPoint(station));
    } else add("tencent", t("腾讯地图"), how === "walk" && onPhone ? tencentWalk(station) : tencentPoint(station));
    if (apples) add("apple", t("苹果地图"), apple(station, how));
    return found;
  }
  if (apples) add("apple", t("苹果地图"), apple(station, how));
  add("google", t("谷歌地图"), google(station, how));
  if (on === "android" || on === "harmony") add("geo", t("其他地图应用"), geo(station));
  return found;
}

const PATIENCE_MS = 2000; // an application that has not come to the front by then is not there

/** After a press on an application's link: if this page is still in front, offer the web's. */
function watch(link, note) {
  setTimeout(() => {
    if (document.visibilityState !== "visible") return;
    fill(note, t("没有打开{app}？", { app: link.name }), " ",
      h("a", { href: link.page, target: "_blank", rel: "noopener noreferrer" }, t("用网页版")));
  }, PATIENCE_MS);
}

/** Show the applications for a station; in WeChat, which opens none, their addresses to copy. */
export function mount(element, { station, profile }) {
  element.classList.add("handover");
  const note = h("p.small.handover-note", { role: "status" });
  const list = links(station, manner(profile));
  const items = isWeChat
    ? list.map((link) => h("button.button", {
      type: "button",
      "data-app": link.app,
      onclick: async () => {
        const done = await copy(link.page ?? link.href);
        fill(note, done ? t("已复制{app}的链接，请粘贴到浏览器里打开。", { app: link.name }) : t("没能复制；请长按选取。"));
      },
    }, t("复制{app}链接", { app: link.name })))
    : list.map((link) => {
      const away = /^https:/.test(link.href) ? { target: "_blank" } : {};
      return h("a.button", {
        href: link.href,
        rel: "noopener noreferrer",
        "data-app": link.app,
        onclick: () => link.page && watch(link, note),
        ...away,
      }, link.name);
    });
  fill(element, h("h3", {}, t("用地图应用导航")), h(`div.handover-apps${!isWeChat && items.length === 3 ? ".three" : ""}`, {}, items), note,
    h("p.small.muted", {}, t("只把驿站的位置交给地图应用，不带你的位置。")));
}
