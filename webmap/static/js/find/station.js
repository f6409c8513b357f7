// All that is to be known of the station that was opened: the way, whom to hand it to, hours, facts.
import { fill, h, icon, phone } from "../dom.js";
import { count, t, title } from "../i18n.js";
import { hours as inWords } from "../hours.js";
import { datedInFull } from "../moment.js";
import { service, tier } from "../words.js";
import * as ask from "./ask.js";
import { week } from "./week.js";

// They come when a station is opened first, and not with the list.
const pieces = () => Promise.all([
  import("./way.js"), import("./handover.js"), import("./share.js"), import("./feedback.js"),
]);

const fact = (sign, name, ...value) => h("div.fact", {},
  h("dt", {}, icon(sign), h("span.unseen", {}, name)), h("dd", {}, ...value));

function facts(station) {
  const { address, phone: number, host, capacity, verified } = station;
  return h("dl.facts", {},
    address && fact("pin", t("地址"), address),
    number && fact("phone", t("电话"), phone(number)),
    fact("station", t("级别"), [tier(station.tier), host && t("依托{host}", { host })].filter(Boolean).join(" · ")),
    capacity !== null && fact("rest", t("座位"), t("{n} 座", { n: count(capacity) })),
    fact("tick", t("核实"), verified ? t("{date}现场核实", { date: datedInFull(verified) }) : t("还没有现场核实")));
}

/** The hours: of seven days when the server tells them, else as they are written. */
function opening(station) {
  const box = h("div.hours", {}, h("p", {}, inWords(station.opening_hours).text));
  ask.station(station.id).then((detail) => {
    if (detail.hours?.days && station.opening_hours) fill(box, week(detail.hours));
  }, () => {}); // the line above stays: it tells the same, less by the day
  return h("section.answer-part", {}, h("h3", {}, t("开放时间")), box);
}

/**
 * Fill the box of an opened station; `today` is the city's day, `onStep(index)` hears which step of
 * the way was tapped, null = none any more. Returns `tell(way)`: undefined while the way is asked for,
 * null where there is none.
 */
export async function open(box, { station, profile, today, onStep }) {
  const slots = ["handover", "way", "share", "feedback"].map((name) => h(`div.${name}`));
  const [handoverSlot, waySlot, shareSlot, feedbackSlot] = slots;
  fill(box, handoverSlot, waySlot,
    station.services.length > 0 && h("section.answer-part", {}, h("h3", {}, t("这里有")),
      h("ul.offers", {}, station.services.map((key) => h("li", {}, icon(key), service(key))))),
    opening(station),
    h("section.answer-part", {}, h("h3", {}, t("驿站信息")), facts(station),
      station.photo && h("img.photo", { src: station.photo, alt: t("{name}的照片", { name: title(station) }), loading: "lazy", decoding: "async" })),
    shareSlot, feedbackSlot);
  const [way, handover, share, feedback] = await pieces();
  handover.mount(handoverSlot, { station, profile });
  share.mount(shareSlot, { station });
  feedback.mount(feedbackSlot, { station, day: today });
  return (found) => {
    waySlot.hidden = station.by === "nowhere";
    way.mount(waySlot, { station, way: found, profile, onStep });
  };
}
