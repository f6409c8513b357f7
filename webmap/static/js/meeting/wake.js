// The screen stays awake while somebody presents; a machine that slept draws all anew and asks again
// for what did not come.

const GONE_MS = 2000; // hidden for longer than this, nothing painted is trusted

export function wake(back) {
  let lock = null;
  let hiddenAt = null;

  async function hold() {
    if (!navigator.wakeLock || document.visibilityState !== "visible" || lock) return;
    try {
      lock = await navigator.wakeLock.request("screen");
      lock.addEventListener("release", () => { lock = null; });
    } catch {
      lock = null; // a machine on its last battery refuses: the meeting goes on
    }
  }

  function returned(isLong) {
    hold();
    if (isLong) back();
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      hiddenAt = performance.now();
      return;
    }
    returned(hiddenAt !== null && performance.now() - hiddenAt > GONE_MS);
    hiddenAt = null;
  });
  addEventListener("pageshow", ({ persisted }) => persisted && returned(true));
  addEventListener("online", () => returned(true));
  addEventListener("pointerdown", hold, { once: true });
  addEventListener("keydown", hold, { once: true });
  hold();
}
