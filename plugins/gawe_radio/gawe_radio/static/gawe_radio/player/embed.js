// The small player on other sites: one button, the title, and what state it is in.

import { Listen } from "./listen.js";
import { Station } from "./station.js";

const box = document.getElementById("sematan");
const words = box.dataset;
const button = box.querySelector("[data-toggle]");
const station = new Station(words.now);
const listen = new Listen(station, { stream: "/radio/stream.mp3", low: "/radio/low.opus", hls: "/radio/hls/live.m3u8", replay: "/radio/ulang.mp3", whep: "/radio/whep" });
const TITLE_MS = 20_000;

listen.addEventListener("state", () => {
  box.classList.toggle("is-on", listen.wanted);
  button.setAttribute("aria-label", listen.wanted ? words.sayPause : words.sayPlay);
  box.querySelector("[data-state]").textContent = { wait: words.sayWait, away: words.sayAway }[listen.state] ?? "";
});
button.addEventListener("click", () => (listen.wanted ? listen.stop() : listen.play()));
button.hidden = false;

async function readTitle() {
  try {
    const now = await station.ask();
    box.querySelector("[data-title]").textContent = now.title ?? "";
  } catch { /* the next time */ }
}
readTitle();
setInterval(readTitle, TITLE_MS);
