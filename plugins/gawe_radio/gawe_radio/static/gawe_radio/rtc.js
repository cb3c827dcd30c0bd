// A WebRTC line: offered with all its candidates in one message, and known to be up or not within some seconds.

const GATHER_MS = 1_500;

export function offerOf(peer) {
  return peer.createOffer().then((offer) => peer.setLocalDescription(offer)).then(() => gathered(peer)).then(() => peer.localDescription.sdp);
}

function gathered(peer) {
  if (peer.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((done) => {
    peer.addEventListener("icegatheringstatechange", () => peer.iceGatheringState === "complete" && done());
    setTimeout(done, GATHER_MS); // a server that does not answer is not waited for
  });
}

// Resolves once the line is up, rejects when it fails or is not up after `ms`.
export function connected(peer, ms) {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (peer.connectionState === "connected") resolve();
      else if (["failed", "closed"].includes(peer.connectionState)) reject(new Error(peer.connectionState));
    };
    peer.addEventListener("connectionstatechange", look);
    setTimeout(() => reject(new Error("timeout")), ms);
    look();
  });
}

// What a microphone is asked for: as it is for headphones and music, without echo for loudspeakers.
export function microphone(device, plain) {
  const clean = !plain;
  const audio = { echoCancellation: clean, noiseSuppression: clean, autoGainControl: clean, channelCount: 1 };
  if (device) audio.deviceId = { exact: device };
  return navigator.mediaDevices.getUserMedia({ audio });
}

// Level of a stream in dB below full, asked for as often as one likes.
export class Level {
  constructor(stream) {
    this.context = new AudioContext();
    this.analyser = this.context.createAnalyser();
    this.analyser.fftSize = 1024;
    this.samples = new Float32Array(this.analyser.fftSize);
    this.context.createMediaStreamSource(stream).connect(this.analyser);
  }

  read() {
    this.analyser.getFloatTimeDomainData(this.samples);
    let sum = 0;
    for (const sample of this.samples) sum += sample * sample;
    return Math.max(-60, 10 * Math.log10(sum / this.samples.length + 1e-9));
  }

  close() {
    this.context.close();
  }
}

export function showLevel(meter, db) {
  if (!meter) return;
  const level = Math.min(0, Math.max(-60, db ?? -60));
  meter.querySelector("i").style.transform = `scaleX(${(level + 60) / 60})`;
  meter.dataset.tone = level > -3 ? "over" : level > -12 ? "high" : "";
  const now = performance.now();
  if (now - (meter.spoken ?? 0) > 2_000) { // a reader who asks hears a number that stands still
    meter.spoken = now;
    meter.setAttribute("aria-valuenow", String(Math.round(level)));
  }
}
