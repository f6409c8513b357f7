// After the first view all others are fetched, one after the other, and it is said quietly how many
// are ready. What fails is asked again when the page is looked at again.
import { byId, say } from "../dom.js";
import { count, t } from "../i18n.js";
import { questionOf } from "./picture.js";

const idle = () => new Promise((done) => {
  if (globalThis.requestIdleCallback) requestIdleCallback(() => done(), { timeout: 600 });
  else setTimeout(done, 20);
});

export function preload(stage) {
  let run = 0;

  async function ready(view) {
    if (questionOf(view, "after") === null) return; // it has nothing to draw
    await stage.fetched(view, "after");
    if (questionOf(view, "before") !== null) await stage.fetched(view, "before");
  }

  async function fetchAll() {
    run += 1;
    const mine = run;
    const { views } = stage.story;
    const done = new Set();
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
        done.add(view);
      } catch {
        continue; // the number says that it is not there; asked again on return
      }
      if (mine === run) tellIt();
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
