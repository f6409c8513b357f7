// Data that the server put into the page as JSON: never as script.

export function island(id, fallback = null) {
  const element = document.getElementById(id);
  return element ? JSON.parse(element.textContent) : fallback;
}

/** What the API tells about this page's city. */
export const city = island("city-facts", {});
