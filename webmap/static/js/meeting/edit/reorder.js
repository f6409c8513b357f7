// Rows of a list change places by being dragged at their grip, with a mouse or a finger.

const SLACK = 4; // so far a press may slip before it drags, in pixels

/** Let the rows (`li`) of a list be dragged; `drop(from, to)` hears where one was let go. */
export function reorder(list, drop) {
  function begin(down) {
    const grip = down.target.closest("[data-grip]");
    if (!grip || down.button) return;
    down.preventDefault();
    const row = grip.closest("li");
    const from = [...list.children].indexOf(row);
    let to = null; // between which rows it would be put

    const move = (event) => {
      if (event.pointerId !== down.pointerId) return;
      if (to === null && Math.abs(event.clientY - down.clientY) < SLACK) return;
      const rows = [...list.children];
      const middles = rows.map((one) => one.getBoundingClientRect()).map(({ top, height }) => top + height / 2);
      const place = middles.filter((middle) => event.clientY > middle).length;
      to = place > from ? place - 1 : place;
      row.classList.add("dragged");
      rows.forEach((one, i) => {
        one.classList.toggle("before-here", i === place && to !== from);
        one.classList.toggle("after-here", i === rows.length - 1 && place === rows.length && to !== from);
      });
      row.scrollIntoView({ block: "nearest" });
      const { top, bottom } = list.getBoundingClientRect();
      if (event.clientY < top + 24) list.scrollTop -= 8;
      if (event.clientY > bottom - 24) list.scrollTop += 8;
    };
    const end = (isKept) => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", up);
      removeEventListener("pointercancel", cancel);
      removeEventListener("keydown", key, true);
      for (const one of list.children) one.classList.remove("dragged", "before-here", "after-here");
      if (isKept && to !== null && to !== from) drop(from, to);
    };
    const up = () => end(true);
    const cancel = () => end(false);
    const key = (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      end(false);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
    addEventListener("pointercancel", cancel);
    addEventListener("keydown", key, true);
  }
  list.addEventListener("pointerdown", begin);
}
