// Another planner saved the same story first, or deleted it: say what was changed, lose nothing.
import { ask } from "../../dialog.js";
import { send } from "../../api.js";
import { h } from "../../dom.js";
import { count, t } from "../../i18n.js";
import { knownTitle } from "./rows.js";
import * as session from "./session.js";
import { differences, plain } from "./views.js";
import { fieldWords, when } from "./words.js";

const hand = session.session;
const SHOWN = 8;
const KINDS = { added: "新增", removed: "删除", changed: "修改", moved: "移动" };

const mine = () => t("{name}（我的）", { name: hand.name });
const called = (view) => knownTitle(view) || t("没有标题的画面");

function listed(before, after) {
  const found = differences(before.views.map(plain), after.views.map(plain));
  const lines = [
    before.name !== after.name && [t("改名"), after.name, ""],
    ...found.map(([kind, view, names]) => [t(KINDS[kind]), called(view), names.map(fieldWords).join(t("、"))]),
  ].filter(Boolean);
  if (!lines.length) return h("p.muted", {}, t("没有修改"));
  return h("ul.change-words", {}, lines.slice(0, SHOWN).map(([what, name, more]) =>
    h("li", {}, h("b", {}, what), " ", name, " ", h("span.muted", {}, more))),
  lines.length > SHOWN && h("li.muted", {}, t("还有 {n} 项", { n: count(lines.length - SHOWN) })));
}

/** Two lists of what was done since the revision that both began with. */
function conflict(current) {
  const { base } = hand;
  ask(t("别人刚刚改过这个故事"), h("div", {},
    h("p", {}, t("「{name}」在 {when} 被另存了一版。您的修改还没有保存，什么也没有丢。", { name: current.name, when: when(current.updated) })),
    h("div.two", {},
      h("section", {}, h("h3", {}, t("别人改了什么")), listed(base, current)),
      h("section", {}, h("h3", {}, t("您改了什么")), listed(base, { name: hand.name, views: hand.views })))), [
    [t("用别人的"), session.reload],
    [t("我的另存为新故事"), () => session.saveAs(mine()), true],
  ]);
}

function gone() {
  ask(t("这个故事已被删除"), h("p", {}, t("别人删除了「{name}」。您的修改还在这里。", { name: hand.name })), [
    [t("放弃"), () => session.forsake()],
    [t("另存为新故事"), () => session.saveAs(mine()), true],
  ]);
}

/** A draft was made on an older revision than the one that is kept now. */
export const outdatedDraft = async () => conflict(await send("GET", `stories/${hand.story.id}`));

/** Answer what saving met; raises what has no answer here. */
export function met(problem) {
  const kind = session.kindOf(problem);
  if (kind === "story-conflict") conflict(problem.body.current);
  else if (kind === "story-not-found") gone();
  else throw problem;
}
