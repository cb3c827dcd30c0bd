// The studio's alarm: as long as one rings on this page, two tones call every two seconds.
// A browser lets a page sound only after somebody touched it; until then a button asks for that touch.

let context;
let timer;

function tone(pitch, at) {
  const voice = context.createOscillator();
  const gain = context.createGain();
  voice.frequency.value = pitch;
  gain.gain.setValueAtTime(0.25, at);
  gain.gain.setValueAtTime(0, at + 0.35);
  voice.connect(gain).connect(context.destination);
  voice.start(at);
  voice.stop(at + 0.4);
}

function ring() {
  context ??= new AudioContext();
  if (context.state !== "running") context.resume();
  ask(context.state !== "running");
  if (context.state !== "running") return;
  tone(853, context.currentTime);
  tone(960, context.currentTime + 0.4);
}

function ask(silent) {
  const known = document.getElementById("radio-alarm-sound");
  if (!silent) return known?.remove();
  if (known) return;
  const button = Object.assign(document.createElement("button"), { type: "button", id: "radio-alarm-sound", className: "button", textContent: document.getElementById("radio-alarm").dataset.saySound });
  button.addEventListener("click", () => context.resume().then(ring));
  document.querySelector("[data-alarm] .actions")?.append(button);
}

function look() {
  const here = document.getElementById("radio-alarm");
  const ringing = Boolean(here?.querySelector("[data-alarm]"));
  if (ringing && !timer) {
    timer = setInterval(ring, 2000);
    ring();
  } else if (!ringing && timer) {
    clearInterval(timer);
    timer = undefined;
    ask(false);
  }
}

document.addEventListener("htmx:after:swap", look);
look();
