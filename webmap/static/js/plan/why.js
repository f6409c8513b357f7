// Why the very place that was clicked is served or not: the words of the map's card, above the table.
import { post } from "../api.js";
import { byId, fill, h, icon } from "../dom.js";
import { desk } from "../desk.js";
import { t } from "../i18n.js";
import { drawWay, placeFacts } from "../placefacts.js";
import { state } from "../state.js";
import * as study from "../study.js";
import { inWords } from "./fault.js";

/** Return `{ask(latlng), again(), close()}` of the section; the place is marked on the map. */
export function why({ map, layers: { route } }) {
  const box = byId("why");
  const words = h("div.why-words", { role: "status" });
  fill(box, words, h("button.close", { type: "button", "aria-label": t("收起"), onclick: () => close(true) }, icon("close")));
  let place = null; // the position that is told, and the cell that it lies in
  let turn = 0;

  function close(isLeft = false) {
    turn += 1;
    if (!place) return;
    place = null;
    if (isLeft && box.contains(document.activeElement)) map.getContainer().focus();
    box.hidden = true;
    words.replaceChildren();
    route.clear();
  }

  async function tell() {
    turn += 1;
    const mine = turn;
    const { latlng } = place;
    const { scenario, ...asked } = study.question(); // which city stands in the address
    try {
      const answer = await post(scenario ? `explain?scenario=${encodeURIComponent(scenario)}` : "explain",
        { lon: latlng.lng, lat: latlng.lat, ...asked });
      if (mine !== turn) return;
      fill(words, placeFacts({ place: answer.place }, (station) => desk.set({ station })));
      drawWay(route, answer.place);
    } catch (fault) {
      if (mine !== turn) return;
      fill(words, h("div.place.bad", {}, inWords(fault)));
      drawWay(route, {});
    }
  }

  desk.on("selection", ({ cell, gap }) => {
    if (place && (gap || cell !== place.cell)) close();
  });
  return {
    /** Tell of a place; its cell is chosen already. */
    ask(latlng) {
      route.clear();
      route.stand(latlng, true);
      place = { latlng, cell: state.cell };
      box.hidden = false;
      fill(words, h("p.place", {}, h("span.skeleton", {}, t("点击处到得了")), h("br"), h("span.skeleton", {}, "00 ………………")));
      return tell();
    },
    /** The question is another one: the place stays. */
    again: () => place && tell(),
    close,
  };
}
