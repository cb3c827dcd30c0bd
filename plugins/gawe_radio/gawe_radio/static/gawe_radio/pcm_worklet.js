// 20 ms of 16-bit samples at a time, for a microphone without an encoder.

const BLOCK = 960;

class Pcm extends AudioWorkletProcessor {
  constructor() {
    super();
    this.block = new Int16Array(BLOCK);
    this.at = 0;
  }

  process([input]) {
    for (const sample of input[0] ?? []) {
      this.block[this.at++] = Math.max(-1, Math.min(1, sample)) * 32767;
      if (this.at === BLOCK) {
        this.port.postMessage(this.block.buffer, [this.block.buffer]);
        this.block = new Int16Array(BLOCK);
        this.at = 0;
      }
    }
    return true;
  }
}

registerProcessor("pcm", Pcm);
