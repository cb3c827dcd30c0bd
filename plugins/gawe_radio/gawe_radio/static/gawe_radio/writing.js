// Helps of the page on which announcements are written: drawing a line around an area, and recording a voice.
// Both only fill inputs that can be filled by hand.

document.addEventListener("htmx:after:swap", begin);
begin();

function begin() {
  document.querySelectorAll("[data-draw]").forEach(drawing);
  document.querySelectorAll("[data-recorder]").forEach(recording);
}

// ---------------------------------------------------------------- a line around an area

function drawing(box) {
  if (box.dataset.awake) return;
  box.dataset.awake = "true";
  const text = box.querySelector(`[name="${box.dataset.draw}"]`);
  const lat = box.querySelector("#radio-lat");
  const lon = box.querySelector("#radio-lon");
  const says = box.querySelector("[data-draw-says]");
  const corners = () => text.value.trim().split(/[\s;]+/).filter(Boolean);
  const put = (list) => {
    text.value = list.join("\n");
    text.dispatchEvent(new Event("change"));
  };
  lat.addEventListener("change", () => {
    if (lat.value && lon.value) put([...corners(), `${Number(lat.value).toFixed(5)},${Number(lon.value).toFixed(5)}`]);
  });
  text.addEventListener("change", async () => {
    if (corners().length < 3) return void (says.textContent = "");
    const answer = await fetch(box.dataset.ask, { method: "POST", body: new URLSearchParams({ polygon: text.value }) });
    const found = await answer.json();
    says.textContent = found.error ?? found.words;
  });
  const map = box.querySelector("[data-map]");
  let line;
  const show = () => {
    line?.remove();
    const points = corners().map((pair) => pair.split(",").map(Number)).filter((pair) => pair.length === 2 && pair.every(Number.isFinite));
    if (map.drawn && points.length > 1) line = map.drawn.L.polygon(points, { className: "radio-line", interactive: false }).addTo(map.drawn.map);
  };
  box.addEventListener("map:drawn", show);
  text.addEventListener("change", show);
  show();
  box.querySelector(".radio-draw-buttons").append(
    button(box.dataset.sayUndo, () => put(corners().slice(0, -1))),
    button(box.dataset.sayClear, () => put([])),
  );
}

// ---------------------------------------------------------------- a voice from the microphone

function recording(box) {
  if (box.dataset.awake || !navigator.mediaDevices || !window.MediaRecorder) return;
  box.dataset.awake = "true";
  const file = box.querySelector('input[type="file"]');
  const says = box.querySelector("[data-recorder-says]");
  let recorder;
  const toggle = button(box.dataset.sayStart, async () => {
    if (recorder?.state === "recording") return recorder.stop();
    let line;
    try {
      line = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: false, noiseSuppression: true } });
    } catch {
      says.textContent = box.dataset.sayRefused;
      return;
    }
    const parts = [];
    recorder = new MediaRecorder(line);
    recorder.ondataavailable = (event) => parts.push(event.data);
    recorder.onstop = () => {
      line.getTracks().forEach((track) => track.stop());
      toggle.textContent = box.dataset.sayStart;
      hand(new Blob(parts, { type: recorder.mimeType }));
    };
    recorder.start();
    toggle.textContent = box.dataset.sayStop;
    says.textContent = box.dataset.sayRecording;
  });
  const hand = (sound) => {
    const given = new DataTransfer();
    given.items.add(new File([sound], "rekaman.webm", { type: sound.type }));
    file.files = given.files;
    box.querySelector('input[name="voice_choice"][value="rekaman"]').checked = true;
    says.replaceChildren(box.dataset.sayReady, document.createElement("br"), Object.assign(document.createElement("audio"), { controls: true, src: URL.createObjectURL(sound) }));
  };
  box.querySelector(".radio-voice-buttons").append(toggle);
}

function button(words, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "button button-small", textContent: words });
  made.addEventListener("click", act);
  return made;
}
