// Where the rider stands: the phone's own position, rounded, kept in this page's memory alone.
import { t } from "../i18n.js";

const TIMEOUT_MS = 10_000;
const DIGITS = 1e5; // 0.00001° is about a metre: nothing finer leaves the page
export const VAGUE_M = 200; // a position less sure than this says so

/** Raised when the phone gives no position; the message says why, and what to do instead. */
export class Lost extends Error {}

const rounded = (degrees) => Math.round(degrees * DIGITS) / DIGITS;

/** Return a place as it is asked about: degrees to about a metre. */
export const place = (lon, lat, accuracy = 0) => ({ lon: rounded(lon), lat: rounded(lat), accuracy });

// Codes of GeolocationPositionError.
const WHY = {
  1: () => t("没有定位权限。请在浏览器里允许定位，或点地图、搜地址。"),
  2: () => t("手机现在测不出位置。请点地图、搜地址，或到开阔处再试。"),
  3: () => t("定位太久没有结果。请点地图、搜地址，或再试一次。"),
};

/** Return where the phone is; raises Lost. */
export function locate({ patience = TIMEOUT_MS } = {}) {
  if (!navigator.geolocation || !isSecureContext) {
    return Promise.reject(new Lost(t("浏览器在这里不给定位。请点地图，或搜地址。")));
  }
  return new Promise((found, lost) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => found(place(coords.longitude, coords.latitude, coords.accuracy)),
      ({ code }) => lost(new Lost((WHY[code] ?? WHY[2])())),
      { enableHighAccuracy: true, timeout: patience, maximumAge: 15_000 },
    );
  });
}

/** Return whether the phone's owner has allowed this page to locate already. */
export async function isAllowed() {
  if (!isSecureContext || !navigator.geolocation) return false;
  try {
    return (await navigator.permissions.query({ name: "geolocation" })).state === "granted";
  } catch {
    return false; // browsers that cannot say are asked by a press
  }
}
