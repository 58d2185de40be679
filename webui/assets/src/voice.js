// Talk with a simulated telephone: the line's sound on the speaker, the microphone into the line.

/** Opens a line; resolves to { close, mute, microphone }. `onLevel` gets dBm0-like levels, 50 a second. */
export async function talk(line, worklet, onLevel, onEnd) {
  const context = new AudioContext({ latencyHint: "interactive" });
  await context.audioWorklet.addModule(worklet);
  const node = new AudioWorkletNode(context, "voice", { outputChannelCount: [1] });
  node.connect(context.destination);
  const microphone = await listen(context, node);
  const socket = new WebSocket(`wss://${location.host}/live/simulator/voice/${line}`);
  socket.binaryType = "arraybuffer";
  let muted = false;
  const close = () => {
    socket.onclose = null;
    socket.close();
    microphone?.getTracks().forEach((track) => track.stop());
    context.close();
    onEnd();
  };
  socket.onclose = close;
  socket.onmessage = (message) => {
    onLevel(level(new Int16Array(message.data)));
    node.port.postMessage(message.data, [message.data]);
  };
  node.port.onmessage = (message) => {
    if (!muted && socket.readyState === WebSocket.OPEN) socket.send(message.data);
  };
  return { close, microphone: Boolean(microphone), mute: (yes) => (muted = yes) };
}

async function listen(context, node) {
  try {
    const audio = { echoCancellation: true, noiseSuppression: false, autoGainControl: false };
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    context.createMediaStreamSource(stream).connect(node);
    return stream;
  } catch {
    return null; // refused, or there is none: hearing works without
  }
}

function level(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum === 0 ? -90 : 10 * Math.log10(sum / samples.length / 32768 ** 2) + 6;
}
