// The radio bar: stays while one walks through the portal, never begins by itself, and comes back after a break.
// Without this module the bar is a plain link to the stream.

const bar = document.getElementById("radio-pemutar");
const words = bar.dataset;
const VOLUME_KEY = "radio-volume";
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
const STALLED_MS = 12_000;

let audio = null; // made at the first press: nothing is fetched before
let wanted = false;
let pause = FIRST_PAUSE_MS;
let retry = 0;
let stalled = 0;

const toggles = () => document.querySelectorAll("[data-radio-toggle]");

function show(state) {
  bar.dataset.state = state;
  document.documentElement.dataset.radio = wanted ? "on" : "off";
  const label = wanted ? words.sayPause : words.sayPlay;
  for (const button of toggles()) {
    button.hidden = false;
    const text = button.querySelector("[data-radio-label]");
    if (text) text.textContent = label;
    else button.setAttribute("aria-label", label);
  }
  bar.querySelector("[data-radio-state]").textContent = { wait: words.sayWait, away: words.sayAway }[state] ?? "";
}

function begin() {
  clearTimeout(retry);
  if (!audio) {
    audio = new Audio();
    audio.preload = "none";
    audio.volume = volume();
    audio.addEventListener("playing", () => { pause = FIRST_PAUSE_MS; clearTimeout(stalled); show("on"); });
    audio.addEventListener("waiting", () => { show("wait"); watch(); });
    audio.addEventListener("ended", again);
    audio.addEventListener("error", again);
    audio.addEventListener("pause", () => { if (wanted && !audio.ended && audio.src) end(); }); // headphones pulled, a call
  }
  audio.src = `${words.stream}?${Date.now()}`; // an old connection would go on with old sound
  audio.play().catch((error) => (error.name === "NotAllowedError" ? end() : again()));
  show("wait");
  watch();
}

function watch() {
  clearTimeout(stalled);
  stalled = setTimeout(again, STALLED_MS);
}

function again() {
  if (!wanted) return;
  clearTimeout(stalled);
  clearTimeout(retry);
  show("away");
  retry = setTimeout(begin, pause);
  pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
}

function end() {
  wanted = false;
  clearTimeout(retry);
  clearTimeout(stalled);
  if (audio) {
    audio.pause();
    audio.removeAttribute("src");
    audio.load(); // lets go of the connection
  }
  show("off");
}

function volume() {
  let kept = null;
  try { kept = localStorage.getItem(VOLUME_KEY); } catch { /* storage may be forbidden: the usual volume then */ }
  const number = Number(kept ?? 80);
  return Number.isFinite(number) ? Math.min(1, Math.max(0, number / 100)) : 0.8;
}

function setVolume(percent) {
  if (audio) audio.volume = percent / 100;
  try { localStorage.setItem(VOLUME_KEY, String(percent)); } catch { /* kept for this page only */ }
}

// ---------------------------------------------------------------- title

function showTitle(text) {
  for (const place of document.querySelectorAll("[data-radio-title]")) place.textContent = text;
  if ("mediaSession" in navigator) navigator.mediaSession.metadata = new MediaMetadata({ title: text, artist: bar.querySelector("a").textContent.trim() });
}

async function readTitle() {
  const place = document.getElementById("radio-judul");
  try {
    const answer = await fetch(words.now);
    const now = await answer.json();
    place.textContent = now.on_air ? now.title : words.sayOff;
  } catch {
    place.textContent = "";
  }
}

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-radio-toggle]")) return;
  if (wanted) return end();
  wanted = true;
  pause = FIRST_PAUSE_MS;
  begin();
});

const slider = bar.querySelector("[data-radio-volume]");
slider.value = String(Math.round(volume() * 100));
slider.addEventListener("input", () => setVolume(Number(slider.value)));
slider.closest("label").hidden = false;

if ("mediaSession" in navigator) {
  navigator.mediaSession.setActionHandler("play", () => { wanted = true; begin(); });
  navigator.mediaSession.setActionHandler("pause", end);
  navigator.mediaSession.setActionHandler("stop", end);
}

// The live wire swaps #radio-judul; pages that show the title too follow it, and so do new ones.
new MutationObserver(() => showTitle(document.getElementById("radio-judul").textContent)).observe(document.getElementById("radio-judul"), { childList: true, characterData: true, subtree: true });
document.addEventListener("htmx:after:swap", () => show(bar.dataset.state ?? "off"));
addEventListener("online", () => wanted && begin());

show("off");
readTitle();
