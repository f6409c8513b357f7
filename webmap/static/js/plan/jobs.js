// Long work in a process of its own: begun, watched, cancelled, and its result fetched.
import { forget, get, send } from "../api.js";
import { half, isOurs, t } from "../i18n.js";

const PATIENCE_MS = [250, 250, 500, 500, 1000]; // between two looks, the last one for ever

const pause = (milliseconds, signal) => new Promise((done, stop) => {
  const timer = setTimeout(done, milliseconds);
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    stop(new DOMException("cancelled", "AbortError"));
  }, { once: true });
});

const look = (path) => {
  forget(path);
  return get(path);
};

/** Run a job to its end; aborting `signal` cancels it on the server, too, and rejects with AbortError. */
async function finished(body, { told, signal }) {
  // Begun to the end, even if cancelled meanwhile: only then is known what is to be cancelled.
  let job = await send("POST", "jobs", body);
  try {
    signal.throwIfAborted();
    for (let turn = 0; ["queued", "running"].includes(job.status); turn += 1) {
      told(job.progress ?? { step: "", done: 0, total: 0, ahead: job.ahead });
      await pause(PATIENCE_MS[Math.min(turn, PATIENCE_MS.length - 1)], signal);
      job = await look(`jobs/${job.id}`);
    }
  } catch (fault) {
    if (fault.name === "AbortError") await send("DELETE", `jobs/${job.id}`).catch(() => {}); // it may have ended
    throw fault;
  }
  if (job.status !== "done") throw failed(job);
  return job;
}

/** Run a job and resolve to what it found. `told` hears {step, done, total, ahead}. */
export async function run(body, how) {
  const job = await finished(body, how);
  return look(`jobs/${job.id}/result`);
}

/** Run a job that makes a file and resolve to the answer that holds it. */
export async function file(body, how) {
  const job = await finished(body, how);
  return fetch(job.result);
}

function failed({ status, error }) {
  if (status === "lost") return new Error(t("服务器中途停下了，这次没有算完；请再来一次。"));
  if (status === "cancelled") return new Error(t("已取消，没有留下什么。"));
  const words = half(error ?? "");
  const told = isOurs(words) ? words : t("没有算成；请换一个问题再试，一再出现时请告诉管理员。");
  return Object.assign(new Error(told), { detail: told === words ? "" : words });
}
