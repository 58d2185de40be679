// The telephone's sound in the page: the microphone down to 8 kHz, the line up to the page's rate.
// One message is one frame of 20 ms, 160 samples of 16 bits, in either direction.

const RATE = 8000;
const FRAME = 160;
const CUT = 3500; // Hz: nothing above half of 8 kHz may pass
const AHEAD = 3; // frames kept before the line is played: the network's unevenness
const MOST = 8;

/** Two second-order low-passes in a row: a Butterworth filter of fourth order. */
function lowpass(rate) {
  const w = (2 * Math.PI * CUT) / rate;
  const cos = Math.cos(w);
  const sections = [0.5412, 1.3066].map((q) => {
    const alpha = Math.sin(w) / (2 * q);
    const a0 = 1 + alpha;
    return { b: (1 - cos) / 2 / a0, a1: (-2 * cos) / a0, a2: (1 - alpha) / a0, z1: 0, z2: 0 };
  });
  return (x) => {
    let y = x;
    for (const s of sections) {
      const input = y;
      y = s.b * input + s.z1;
      s.z1 = 2 * s.b * input - s.a1 * y + s.z2;
      s.z2 = s.b * input - s.a2 * y;
    }
    return y;
  };
}

class Voice extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = RATE / sampleRate;
    this.down = lowpass(sampleRate);
    this.up = lowpass(sampleRate);
    this.spoken = new Int16Array(FRAME);
    this.filled = 0;
    this.phase = 0;
    this.before = 0;
    this.heard = [];
    this.flows = false;
    this.at = 0;
    this.port.onmessage = (message) => this.hear(new Int16Array(message.data));
  }

  hear(frame) {
    this.heard.push(frame);
    if (this.heard.length > MOST) {
      this.heard.shift();
      this.at = Math.max(0, this.at - FRAME);
    }
    this.flows ||= this.heard.length >= AHEAD;
  }

  /** Between the samples of a microphone, those of a telephone. */
  speak(samples) {
    for (const sample of samples) {
      const now = this.down(sample);
      this.phase += this.step;
      if (this.phase >= 1) {
        this.phase -= 1;
        const part = 1 - this.phase / this.step;
        const value = this.before + (now - this.before) * part;
        this.spoken[this.filled++] = Math.max(-1, Math.min(1, value)) * 32767;
        if (this.filled === FRAME) {
          this.port.postMessage(this.spoken.slice().buffer);
          this.filled = 0;
        }
      }
      this.before = now;
    }
  }

  next() {
    if (!this.flows || this.heard.length === 0) {
      this.flows = false;
      return 0;
    }
    const frame = this.heard[0];
    const index = Math.floor(this.at);
    const one = frame[index];
    const two = index + 1 < FRAME ? frame[index + 1] : (this.heard[1]?.[0] ?? one);
    const value = one + (two - one) * (this.at - index);
    this.at += this.step;
    if (this.at >= FRAME) {
      this.at -= FRAME;
      this.heard.shift();
    }
    return this.up(value / 32768);
  }

  process(inputs, outputs) {
    if (inputs[0].length > 0) this.speak(inputs[0][0]);
    const [left, ...others] = outputs[0];
    for (let i = 0; i < left.length; i++) left[i] = this.next();
    for (const other of others) other.set(left);
    return true;
  }
}

registerProcessor("voice", Voice);
