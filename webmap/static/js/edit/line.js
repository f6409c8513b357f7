// A new connection – a bridge, a path through a wall – drawn click by click.
import { distance, t } from "../i18n.js";
import { freeId } from "../scenario/changes.js";
import { edit, session } from "../scenario/session.js";
import { faultWords, metres, signed } from "../scenario/words.js";
import { position } from "./drag.js";
import { street } from "./marks.js";
import { commit, over, preview } from "./preview.js";
import { rest, say } from "./toolbar.js";

/** Return the tool. Both ends are tied to the nearest streets by the server. */
export function linking({ map }) {
  let line = [];
  let drawn = null;
  let told = null; // what the server says of the line so far

  const change = () => {
    const id = freeId("b", session.changes.map((one) => one.link ?? ""));
    return { kind: "link", link: id, line, name: t("新连接 {n}", { n: id.slice(1) }) };
  };

  function draw(end = null) {
    drawn?.remove();
    drawn = null;
    const shown = end ? [...line, end] : line;
    if (shown.length < 2) return;
    drawn = street(shown, { dashed: true, words: distance(metres(shown)) }).addTo(map);
  }

  function tell() {
    const wait = line.length ? t("再点一下；双击或回车完成") : t("从一条街道旁开始点");
    say([told, wait].filter(Boolean).join(" · "), [
      line.length > 1 && [t("完成"), finish, true],
      line.length && [t("退一步"), back],
      [t("取消"), rest],
    ].filter(Boolean));
  }

  function ask() {
    told = null;
    if (line.length < 2) over();
    else {
      preview([change()], (answer, problem) => {
        told = problem ? faultWords(problem) : answer.gained === null ? null
          : t("{n} 人", { n: signed(answer.gained - answer.lost) });
        tell();
      });
    }
    tell();
  }

  function back() {
    line = line.slice(0, -1);
    draw();
    ask();
  }

  async function finish() {
    if (line.length < 2) return;
    const wanted = change();
    const saved = commit(() => edit(wanted));
    rest();
    await saved;
  }

  return {
    name: "link", key: "l", title: "画连接", icon: "link", words: "从一条街道旁开始点",
    click: (latlng) => {
      const next = position(latlng);
      const last = line.at(-1);
      // The second click of a double click ends the line, and is no corner of it.
      if (last && map.latLngToContainerPoint([last[1], last[0]]).distanceTo(map.latLngToContainerPoint(latlng)) < 6) return;
      line = [...line, next];
      draw();
      ask();
    },
    move: (latlng) => line.length && draw(position(latlng)),
    double: finish,
    enterKey: finish,
    escape: () => {
      if (!line.length) return false;
      back();
      return true;
    },
    leave: () => {
      over();
      line = [];
      drawn?.remove();
      drawn = null;
    },
  };
}
