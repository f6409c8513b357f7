// A new connection – a bridge, a path through a wall – drawn click by click; its ends snap to streets.
import { distance, t } from "../i18n.js";
import { freeId } from "../scenario/changes.js";
import { edit, session } from "../scenario/session.js";
import { faultWords, metres, signed } from "../scenario/words.js";
import { position } from "./drag.js";
import { street } from "./marks.js";
import { commit, over, preview } from "./preview.js";
import { jointAt, ring } from "./snap.js";
import { rest, say } from "./toolbar.js";

const SAME = 6; // clicks so near to each other are one, in pixels
const FREE = 1; // from so many metres on it is said which street an end snaps to

/** Return the tool. */
export function linking({ map }) {
  const near = ring(map);
  let line = []; // the places that were clicked
  let joints = []; // of each, where it would join the streets
  let drawn = null;
  let pointer = null; // where the next place would be
  let told = null; // what the server says of the line so far
  let turn = 0;

  /** The line with both ends on the streets. */
  const tied = () => line.map((place, i) => {
    const joint = i === 0 || i === line.length - 1 ? joints[i] : null;
    return joint ? [joint.lon, joint.lat] : place;
  });

  const change = () => {
    const id = freeId("b", session.changes.map((one) => one.link ?? ""));
    return { kind: "link", link: id, line: tied(), name: t("新连接 {n}", { n: id.slice(1) }) };
  };

  function draw() {
    drawn?.remove();
    drawn = null;
    const shown = line.length && pointer ? [...tied(), pointer] : tied();
    if (shown.length < 2) return;
    drawn = street(shown, { dashed: true, words: distance(metres(shown)) }).addTo(map);
  }

  function tell() {
    const joint = joints.at(-1);
    const where = joint && joint.metres >= FREE && joint.street ? t("接到{street}", { street: joint.street }) : null;
    const wait = line.length ? t("再点一下；双击或回车完成") : t("从一条街道旁开始点");
    say([told, where, wait].filter(Boolean).join(" · "), [
      line.length > 1 && [t("完成"), finish, true],
      line.length && [t("退一步"), back],
      [t("取消"), rest],
    ].filter(Boolean));
  }

  async function ask() {
    turn += 1;
    const mine = turn;
    told = null;
    if (line.length < 2) over();
    tell();
    const at = line.length - 1;
    if (at >= 0 && joints[at] === undefined) {
      const [lng, lat] = line[at];
      try {
        const joint = await jointAt({ lng, lat });
        if (mine !== turn) return;
        joints[at] = joint;
        if (!joint && at === 0) told = t("这里 60 米内没有街道");
      } catch (problem) {
        if (mine !== turn) return;
        told = faultWords(problem);
      }
      draw();
      tell();
    }
    if (line.length < 2) return;
    preview([change()], (answer, problem) => {
      told = problem ? faultWords(problem) : answer.gained === null ? null
        : t("{n} 人", { n: signed(answer.gained - answer.lost) });
      tell();
    });
  }

  function back() {
    line = line.slice(0, -1);
    joints = joints.slice(0, line.length);
    draw();
    ask();
  }

  async function finish() {
    if (line.length < 2) return;
    if (joints.at(-1) === undefined) await ask();
    const wanted = change();
    const saved = commit(() => edit(wanted));
    rest();
    await saved;
  }

  return {
    name: "link", key: "l", title: "画连接", icon: "link", words: "从一条街道旁开始点",
    click: (latlng) => {
      const last = line.at(-1);
      const point = map.latLngToContainerPoint(latlng);
      // The second click of a double click ends the line, and is no corner of it.
      if (last && map.latLngToContainerPoint([last[1], last[0]]).distanceTo(point) < SAME) return;
      line = [...line, position(latlng)];
      pointer = null;
      draw();
      ask();
    },
    move: (latlng) => {
      near.follow(latlng);
      pointer = position(latlng);
      if (line.length) draw();
    },
    double: finish,
    enterKey: finish,
    escape: () => {
      if (!line.length) return false;
      back();
      return true;
    },
    leave: () => {
      turn += 1;
      over();
      near.clear();
      line = [];
      joints = [];
      pointer = null;
      drawn?.remove();
      drawn = null;
    },
  };
}
