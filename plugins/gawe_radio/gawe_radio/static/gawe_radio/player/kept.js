// What is remembered: choices for good, the present listening for this tab. Storage may be forbidden; then nothing is kept.

function read(storage, name) {
  try { return JSON.parse(storage().getItem(name)); } catch { return null; }
}

function write(storage, name, value) {
  try {
    if (value === null) storage().removeItem(name);
    else storage().setItem(name, JSON.stringify(value));
  } catch { /* kept for this page only */ }
}

const forGood = () => localStorage;
const forTab = () => sessionStorage;

export const choices = {
  get volume() {
    const number = Number(read(forGood, "radio-volume") ?? 80);
    return Number.isFinite(number) ? Math.min(100, Math.max(0, number)) : 80;
  },
  set volume(percent) { write(forGood, "radio-volume", percent); },
  get mode() { return String(read(forGood, "radio-mode") ?? "auto"); },
  set mode(mode) { write(forGood, "radio-mode", mode); },
  get captions() { return read(forGood, "radio-kata") !== false; },
  set captions(shown) { write(forGood, "radio-kata", shown); },
};

// What was on when a page was left by a full load: `{mode, at, left, sleep}`; `at` only while rewound.
export const listening = {
  get: () => read(forTab, "radio-sesi"),
  set: (value) => write(forTab, "radio-sesi", value),
};
