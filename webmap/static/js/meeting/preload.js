// After the first view all others are fetched, one after the other, and it is said quietly how many
// are ready. What fails is asked again when the page is looked at again.
import { byId, say } from "../dom.js";
import { count, t } from "../i18n.js";
import { keepArchives } from "../draw/archive.js";
import { city } from "../island.js";
import { dayAsked, hourFetched, weekFetched } from "./day.js";
import { questionOf } from "./picture.js";

const MOST_DAYS = 3; // so many days of a story are fetched with all their hours
const MOST_CELLS = 20_000; // in a larger city an hour is fetched when it is wanted
const HOURS = [...Array(24).keys()];

const idle = () => new Promise((done) => {
  if (globalThis.requestIdleCallback) requestIdleCallback(() => done(), { timeout: 600 });
  else setTimeout(done, 20);
});

export function preload(stage, source) {
  let run = 0;
  const isSmall = (city.levels ?? []).every(({ cells }) => cells <= MOST_CELLS);

  async function ready(view) {
    if (questionOf(view, "after") === null) return; // it has nothing to draw
    await stage.fetched(view, "after");
    if (questionOf(view, "before") !== null) await stage.fetched(view, "before");
  }

  /** Fetch what the clock asks of a view; `days` are those that are here already. */
  async function played(view, days, isStill) {
    const day = dayAsked(stage, view);
    if (day === null || !source.isLive) return; // a file has its hours in itself
    const { at: _, ...question } = day.query;
    const name = JSON.stringify([question, day.on]);
    if (days.has(name)) return;
    await weekFetched(source, day);
    if (isSmall && days.size < MOST_DAYS) {
      for (const hour of HOURS) {
        await idle();
        if (!isStill()) return;
        await hourFetched(stage, source, day, hour);
      }
    }
    days.add(name);
  }

  async function fetchAll() {
    run += 1;
    const mine = run;
    const { views } = stage.story;
    const [here, done, days] = [new Set(), new Set(), new Set()];
    const tellIt = () => {
      const all = views.length;
      say(byId("ready"), t("已就绪 {n}/{all}", { n: count(done.size), all: count(all) }));
      byId("ready").classList.toggle("all", done.size === all);
      document.documentElement.dataset.prepared = `${done.size}/${all}`;
    };
    for (const view of views) {
      await idle();
      if (mine !== run) return;
      try {
        await ready(view);
        here.add(view);
      } catch {
        continue; // the number says that it is not there; asked again on return
      }
    }
    try {
      if (source.isLive) await keepArchives();
    } catch {
      here.clear(); // without its streets no view is whole
    }
    // Every view can be shown by now; it is ready when its day can be played, too.
    for (const view of here) {
      try {
        await played(view, days, () => mine === run);
        done.add(view);
      } catch {
        continue;
      }
      if (mine !== run) return;
      tellIt();
    }
    if (mine === run) tellIt();
  }
  /** Ask again, where something did not come. */
  fetchAll.again = () => {
    const told = document.documentElement.dataset.prepared ?? "";
    const [done, all] = told.split("/");
    if (stage.story && done !== all) fetchAll();
  };
  return fetchAll;
}
