// Play a day through, hour by hour; an hour stays until its colours have been seen.

const STEP_MIN = 60;
const HOUR_MS = 650;

const pause = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });

/** `start()` is the first minute, `step(minute)` shows one and says whether it is new, `changed(on)` hears what it does. */
export function player({ start, step, end, changed }) {
  let run = 0; // number of the run; 0 while nothing is played
  let runs = 0;
  let seen = () => {};

  async function play() {
    runs += 1;
    run = runs;
    const mine = run;
    changed(true);
    for (let minute = start(); minute < end && run === mine; minute += STEP_MIN) {
      const painted = new Promise((done) => { seen = done; });
      if (!step(minute)) seen(); // it stands there already
      await Promise.all([pause(HOUR_MS), painted]);
    }
    if (run === mine) stop();
  }

  function stop() {
    if (!run) return;
    run = 0;
    seen();
    changed(false);
  }

  return {
    stop,
    toggle: () => (run ? stop() : play()),
    isOn: () => run > 0,
    painted: () => seen(),
  };
}
