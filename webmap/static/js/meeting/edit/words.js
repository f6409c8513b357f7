// A view and what may be wrong with it, in a few words.
import { count, lang, t, title } from "../../i18n.js";
import { isInstant, saidInFull } from "../../moment.js";
import { city } from "../../island.js";
import { serviceInShort } from "../../words.js";
import { PROPOSAL } from "./views.js";

export const LAYER_WORDS = {
  cells: "网格比例", gaps: "空白区", circles: "沿街服务圈", ring: "直线圈", stations: "驿站",
};

const FIELD_WORDS = {
  topic: "主题", title: "标题", sentence: "句子", layers: "图层", asked: "问题", against: "对照",
  camera: "位置", figures: "大数字", name: "故事名称", views: "画面", scenarios: "方案",
};

export const budgetWords = (key) => {
  const budget = city.budgets.find((one) => one.key === key);
  if (!budget) return key;
  return budget.minutes ? t("{n} 分钟", { n: budget.minutes }) : t("{n} 米", { n: count(budget.distance_m) });
};

export const profileWords = (name) => {
  const profile = city.profiles.find((one) => one.name === name);
  return profile ? title(profile) : name;
};

/** Return the name of a scenario; `known` is id → name. */
export const scenarioWords = (id, known) => {
  if (id === PROPOSAL) return t("系统建议的方案");
  return id ? known.get(id) ?? t("方案") : t("今天的城市");
};

const hourWords = (at) => (isInstant(at) ? saidInFull(at) : at);

/** “步行 15 分钟 · 23:00 · 饮水 · 北岸两站”. */
export function askedWords(asked, known) {
  return [
    `${profileWords(asked.profile ?? "walk")} ${budgetWords(asked.budget ?? "15min")}`,
    asked.at && hourWords(asked.at),
    (asked.services ?? []).map(serviceInShort).join(t("、")),
    asked.scenario && scenarioWords(asked.scenario, known),
  ].filter(Boolean).join(" · ");
}

/** Return the title that a view has on the stage. */
export const titleOf = (row) => row.told?.title || row.title || t("没有标题的画面");

export const fieldWords = (name) => t(FIELD_WORDS[name] ?? "画面");

const WHERE = /^views\[(\d+)\](?:\.(\w+))?/;

/** “第 3 个画面 · 图层”: where a fault of a file is. */
function place(where) {
  const found = WHERE.exec(where);
  if (found) {
    const number = t("第 {n} 个画面", { n: Number(found[1]) + 1 });
    return found[2] ? `${number} · ${fieldWords(found[2])}` : number;
  }
  const line = /\bline (\d+)/.exec(where);
  if (line) return t("第 {n} 行", { n: line[1] });
  const name = /^(?:story\.)?(\w+)/.exec(where)?.[1];
  return FIELD_WORDS[name] ? fieldWords(name) : t("文件");
}

// The server's faults are told in English to whoever calls it; the usual ones are said in words.
const FAULTS = [
  [/no figure is called '?([^']*)'?/, (found) => t("没有叫 {name} 的数字；有哪些，见“在文字里放一个数字”", { name: `{${found[1]}}` })],
  [/^'(\w+)' compares/, (found) => t("{name} 要有左右对照才有", { name: `{${found[1]}}` })],
  [/^([\d,]+) characters/, (found) => t("太长了：{n} 个字符", { n: found[1] })],
];
const LONG = 160; // letters of the server's own text

/** Return what a fault means as one sentence. */
export function faultWords({ seen, remedy }) {
  for (const [pattern, say] of FAULTS) {
    const found = pattern.exec(seen);
    if (found) return say(found);
  }
  const own = `${seen} → ${remedy}`.slice(0, LONG);
  return lang === "en" ? own : t("这里有误，请更正（{own}）", { own });
}

/** Return what is wrong as {where, words, line} for each fault of a story's text. */
export const faultsOf = ({ body }, text) => (body.faults ?? []).map((fault) => ({
  where: place(fault.where), words: faultWords(fault), line: lineOf(text, fault),
}));

const isKey = (line, key) => new RegExp(`^\\s*"?${key}"?\\s*=`).test(line)
  || new RegExp(`^\\s*\\[\\s*views\\.${key}\\s*\\]`).test(line);
const isHead = (line) => /^\s*(\[\[?\s*[\w.]|"?\w+"?\s*=)/.test(line);

/** Return the line (from 0) of a story's text where a fault is, or null. */
export function lineOf(text, { where, seen }) {
  const named = /\bline (\d+)/.exec(`${where} ${seen}`);
  if (named) return Number(named[1]) - 1;
  const lines = text.split("\n");
  const heads = [...lines.keys()].filter((i) => /^\s*\[\[\s*views\s*\]\]/.test(lines[i]));
  const found = WHERE.exec(where);
  if (found && heads[found[1]] === undefined) return null;
  // From the beginning of what a word of the path names to its end, word by word.
  let [from, to] = found ? [heads[found[1]], heads[Number(found[1]) + 1] ?? lines.length]
    : [null, heads[0] ?? lines.length];
  const path = where.replace(/^views\[\d+\]\.?|^story\.?/, "").split(".").filter((key) => /^\w+$/.test(key));
  for (const key of path) {
    const at = lines.slice(from ?? 0, to).findIndex((line) => isKey(line, key));
    if (at < 0) break;
    from = (from ?? 0) + at;
  }
  if (from === null || !path.length) return from;
  const end = lines.slice(from + 1, to).findIndex(isHead);
  const value = /^'([^']+)'$/.exec(seen)?.[1];
  const at = value ? lines.slice(from, end < 0 ? to : from + 1 + end).findIndex((line) => line.includes(value)) : -1;
  return at < 0 ? from : from + at;
}

export const when = (stamp) => new Date(stamp).toLocaleString(document.documentElement.lang,
  { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
