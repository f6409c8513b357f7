// The one number: today's, and with a scenario the one after it, with what it brings.
import { byId, fade, fill, h, say } from "../dom.js";
import { percent, surface, t } from "../i18n.js";
import { partOf, showBeyond } from "../panel.js";
import { promise, needWords, question } from "../words.js";
import { subject } from "../study.js";
import { signed } from "../scenario/words.js";

let now = null; // what the study of the page says
let today = null; // what the city says without the scenario

const points = (share) => Math.round(share * 1000) / 1000; // as it stands on the screen

function draw(part, before) {
  const figure = byId("share");
  const text = figure.textContent;
  fill(figure, part.share === null ? "–" : [percent(part.share), h("small", {}, "%")]);
  if (figure.textContent !== text) fade(figure);
  const compared = before && before.share !== null && part.share !== null;
  byId("was").hidden = !compared;
  byId("gain").hidden = !compared;
  say(byId("of"), part.share === null ? "" : partOf(part));
  if (!compared) return;
  const more = points(part.share) - points(before.share);
  const gained = part.covered - before.covered;
  fill(byId("was"), t("今天 {share} %", { share: percent(before.share) }), h("i", { "aria-hidden": "true" }, "→"));
  const gain = byId("gain");
  gain.className = `gain-note ${more > 0 ? "gain" : more < 0 ? "loss" : "muted"}`;
  say(gain, [t("{n} 个百分点", { n: `${more > 0 ? "+" : more < 0 ? "−" : "±"}${percent(Math.abs(more))}` }),
    part.byPeople ? t("{n} 人", { n: signed(gained) }) : `${gained < 0 ? "−" : "+"}${surface(Math.abs(gained))}`].join(" · "));
}

/** Show a study: all its figures, or those that come with the cells. */
export function show(figures) {
  now = figures;
  const part = subject(figures);
  byId("figure").setAttribute("aria-busy", "false");
  byId("figure").classList.remove("previewed"); // what was tried is kept, and this is what it does
  draw(part, today && subject(today));
  const lead = question(part.byPeople, figures, needWords(figures.need));
  say(byId("lead"), lead);
  byId("lead").title = `${lead} · ${promise()}`;
  if (figures.ring) showRing(part);
  showBeyond(part);
}

function showRing({ ring, share }) {
  say(byId("ring-note"), ring === null || share === null ? "" : t("直线圈说 {share} %，多算 {more} 个百分点", {
    share: percent(ring), more: percent(points(ring) - points(share)),
  }));
}

/** Tell what the city says today, beside a scenario; null without one. */
export function compareWith(figures) {
  today = figures;
  if (now) draw(subject(now), today && subject(today));
}

/** While an edit is drawn: what it would do; null puts the study's figures back. */
export function preview(people) {
  if (!now || now.people.share === null) return;
  byId("figure").classList.toggle("previewed", people !== null);
  const shown = people ? { ...now, people } : now;
  draw(subject({ ...shown, ring: undefined }), subject(today ?? now));
  if (!people && !today) draw(subject(now), null);
}
