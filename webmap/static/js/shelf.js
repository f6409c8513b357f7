// What waits on this machine until it can be saved. A browser that keeps nothing keeps nothing here.

/** Return what is kept under a key, or null. */
export function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null; // the browser keeps nothing, or somebody else wrote there
  }
}

/** Keep something; returns whether the browser does. */
export function keep(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false; // it stays until the page is left
  }
}

export function drop(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}
