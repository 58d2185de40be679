// The Simulator: one strip a port, and what has happened beside it.

import { h, render } from "preact";
import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import htm from "htm";
import { live } from "./live.js";
import { CompanyPole, Handset } from "./drawings.js";
import { told } from "./simulator-news.js";
import { talk } from "./voice.js";

const html = htm.bind(h);
const root = document.getElementById("simulator");
const words = JSON.parse(root.dataset.words);
const faults = JSON.parse(root.dataset.faults);
const parts = JSON.parse(root.dataset.parts);
const names = JSON.parse(root.dataset.names);
const _ = (text) => words[text] ?? text;
const KEYS = "123456789*0#";
const SEGMENTS = 14;
const KEPT = 200; // events

const Icon = ({ name }) =>
  html`<svg class=${name.startsWith("i-") ? "i" : null} aria-hidden="true"><use href="${root.dataset.icons}#${name}" /></svg>`;

// state of a port -> class, shape, word
const FXS = {
  "on-hook": ["idle", "s-idle", "Idle"],
  ringing: ["ring", "s-ring", "Ringing"],
  "off-hook": ["off", "s-off", "Off-hook"],
};
const FXO = {
  idle: ["idle", "s-idle", "Idle"],
  ringing: ["ring", "s-ring", "Ringing in"],
  "dial-tone": ["off", "s-off", "Off-hook"],
  dialing: ["off", "s-off", "Dialing"],
  ringback: ["ring", "s-ring", "Calling"],
  refused: ["held", "s-held", "Refused"],
  talking: ["talk", "s-talk", "Talking"],
  ended: ["off", "s-off", "Far end hung up"],
  cut: ["fault", "s-fault", "Line cut"],
};
const FAULT = ["fault", "s-fault", "Port fault"];
const LAMPS = { on: "on", off: "", blink: "bl" };
const LAMP_WORDS = { on: "on", off: "off", blink: "blinks" };

/** A telephone off its hook talks when the box says so; all else can be seen on the port. */
function stateOf(port, said) {
  const table = port.kind === "fxs" ? FXS : FXO;
  if (said === "gone" || (!port.up && port.state !== "cut")) return FAULT;
  if (port.state === "off-hook" && said === "talking") return FXO.talking;
  return table[port.state] ?? FAULT;
}

function Strip({ port, said, act, voice, children }) {
  const label = String(port.line).padStart(3, "0");
  const [colour, shape, word] = stateOf(port, said);
  const [number, name] = names[port.line] ?? ["", ""];
  return html`<section class="strip ${colour}" aria-label="${_("port")} ${label}">
    <header class="bar">
      <b>${label}</b><span class="m s">${port.kind.toUpperCase()}</span>
      <span class="end s m n">${_(LAMP_WORDS[port.lamp])} <i class="led ${LAMPS[port.lamp]}"></i></span>
    </header>
    ${port.kind === "fxs" ? h(Handset, { colour }) : h(CompanyPole, { colour })}
    <div class="who">
      <b><bdi>${number || "—"}</bdi></b>
      <span class="clip m s"><bdi>${name || (port.kind === "fxo" ? _("outside line") : " ")}</bdi></span>
      <span class="st ${colour}" role="status"><${Icon} name=${shape} />${_(word)}</span>
    </div>
    <${Meter} level=${voice.line === port.line ? voice.level : -90} />
    ${children}
    <div class="two tight">
      <button type="button" aria-pressed=${voice.line === port.line} onClick=${() => voice.toggle(port.line)}>
        <${Icon} name="i-vol" />${_(voice.line === port.line && voice.microphone ? "Talk" : "Hear")}
      </button>
      <button type="button" disabled=${voice.line !== port.line || !voice.microphone} aria-pressed=${voice.muted && voice.line === port.line} onClick=${voice.mute}>
        <${Icon} name="i-mute" />${_("Mute")}
      </button>
    </div>
    <${Fault} port=${port} act=${act} />
  </section>`;
}

function Meter({ level }) {
  const lit = Math.round(((level + 50) / 50) * SEGMENTS);
  const part = (_segment, i) => html`<i class=${i < lit ? (i > 10 ? "on hot" : "on") : ""}></i>`;
  return html`<div class="vu" aria-hidden="true">${Array.from({ length: SEGMENTS }, part)}</div>`;
}

/** What is wrong with this line, by name. */
function Fault({ port, act }) {
  const [fault, setFault] = useState("none");
  const choose = (e) => {
    setFault(e.target.value);
    act({ ask: "SetFault", line: port.line, fault: e.target.value });
  };
  const known = Object.entries(faults[port.kind]);
  return html`<label class="f"><span class="s">${_("Fault")}</span>
    <select value=${fault} onChange=${choose}>
      <option value="none">${_("none")}</option>${known.map(([name, said]) => html`<option value=${name}>${said}</option>`)}
    </select>
  </label>`;
}

/** What the box has besides its ports: sockets for sticks, buttons, lamps, the card and its driver. */
function Chassis({ front, act }) {
  const plugged = new Set(front.disks.filter((it) => it.state !== "gone").map((it) => it.name));
  const socket = (name) => html`<button type="button" aria-pressed=${plugged.has(name)} onClick=${() => act(plugged.has(name) ? { ask: "PullDisk", name } : { ask: "PlugDisk", name, folder: "" })}><${Icon} name="i-usb" />${_(plugged.has(name) ? "Pull USB disk" : "Plug USB disk")} ${name}</button>`;
  const button = (name) => html`<button type="button" onClick=${() => act({ ask: "PressButton", name })}><${Icon} name="i-plug" />${_("Press")} ${name}</button>`;
  const gone = Boolean(front.driver);
  return html`<div class="acts box">
    ${parts.storage.map(socket)}${parts.buttons.map(button)}
    <button type="button" aria-pressed=${gone} onClick=${() => act({ ask: "Driver", does: gone ? "come" : "go" })}><${Icon} name="i-cut" />${_(gone ? "Bring the card back" : "Take the card away")}</button>
    ${Object.entries(front.lamps).map(([name, lamp]) => html`<span class="s m n"><i class="led ${LAMPS[lamp]}"></i> ${name} ${_(LAMP_WORDS[lamp])}</span>`)}
  </div>`;
}

function Telephone({ port, said, act, voice }) {
  const line = port.line;
  const deed = port.lifted ? "Hang" : "Lift";
  return html`<${Strip} port=${port} said=${said} act=${act} voice=${voice}>
    <button type="button" aria-pressed=${port.lifted} onClick=${() => act({ ask: deed, line })}>${_(port.lifted ? "Hang up" : "Lift")}</button>
    <button type="button" disabled=${!port.lifted} onClick=${() => act({ ask: "Tap", line })}><${Icon} name="i-flash" />${_("Flash")}</button>
    <div class="pad">
      ${[...KEYS].map((key) => html`<button type="button" disabled=${!port.lifted} aria-label="${String(line).padStart(3, "0")} ${key}" onClick=${() => act({ ask: "Dial", line, digits: key })}>${key}</button>`)}
    </div>
    <div class="bar"><span class="m s">${_("Display")}</span><b class="end clip"><bdi>${port.shown || "—"}</bdi></b></div>
  <//>`;
}

function Company({ port, said, ports, act, voice }) {
  const line = port.line;
  const [caller, setCaller] = useState("");
  const ringing = port.state === "ringing";
  const cut = port.state === "cut";
  const busy = ["talking", "ringback", "ended", "refused"].includes(port.state);
  const others = ports.filter((it) => it.kind === "fxo" && it.line !== line);
  const ring = () => act(ringing ? { ask: "StopRing", line } : { ask: "RingIn", line, caller });
  return html`<${Strip} port=${port} said=${said} act=${act} voice=${voice}>
    <div class="bar"><span class="m s">${_("Voltage")}</span><b class="end">${port.volts.toFixed(1)} V</b></div>
    <label class="f"><span class="s">${_("Caller number")}</span><input value=${caller} inputmode="tel" maxlength="20" onInput=${(e) => setCaller(e.target.value)} /></label>
    <button type="button" aria-pressed=${ringing} disabled=${!ringing && port.state !== "idle"} onClick=${ring}><${Icon} name="i-bell" />${_(ringing ? "Stop ringing" : "Ring in")}</button>
    <div class="two tight">
      <button type="button" disabled=${port.state !== "ringback"} onClick=${() => act({ ask: "Answer", line })}>${_("Answer")}</button>
      <button type="button" disabled=${!busy} onClick=${() => act({ ask: "Drop", line })}>${_("Hang up")}</button>
    </div>
    <button type="button" aria-pressed=${cut} onClick=${() => act({ ask: cut ? "Mend" : "Cut", line })}><${Icon} name="i-cut" />${_(cut ? "Mend line" : "Cut line")}</button>
    <label class="f"><span class="s">${_("Swap with")}</span>
      <select value="" onChange=${(e) => { act({ ask: "Swap", line, other: Number(e.target.value) }); e.target.value = ""; }}>
        <option value="">—</option>${others.map((it) => html`<option value=${it.line}>${String(it.line).padStart(3, "0")}</option>`)}
      </select>
    </label>
    <div class="bar"><span class="m s">${_("Dialed")}</span><b class="end clip"><bdi>${port.number || "—"}</bdi></b></div>
  <//>`;
}

function Events({ events }) {
  const end = useRef(null);
  useEffect(() => { if (end.current) end.current.scrollTop = end.current.scrollHeight; }, [events]);
  if (events.length === 0) return html`<p class="none">${_("Nothing has happened yet. Lift a telephone.")}</p>`;
  return html`<ol class="log" ref=${end} tabindex="0">${events.map((it) => html`<li class="q ${it.colour}" key=${it.id}><span class="mono m s">${it.at}</span><b>${it.port}</b><span><bdi>${it.text}</bdi></span></li>`)}</ol>`;
}

let count = 0;
function reduce(state, message) {
  if (!message.front) return message.refused ? { ...state, refused: { text: message.refused } } : state;
  const fresh = message.news.map((news) => told(news, _)).filter(Boolean).map((it) => ({ ...it, id: ++count }));
  return { ...state, front: message.front, calls: message.calls, events: [...state.events, ...fresh].slice(-KEPT) };
}

function useVoice(say) {
  const [state, setState] = useState({ line: 0, level: -90, microphone: false, muted: false });
  const session = useRef(null);
  const end = () => { session.current = null; setState({ line: 0, level: -90, microphone: false, muted: false }); };
  const toggle = async (line) => {
    const same = state.line === line;
    session.current?.close();
    if (same) return;
    const level = (value) => setState((old) => ({ ...old, level: value }));
    session.current = await talk(line, root.dataset.worklet, level, end);
    if (!session.current.microphone) say(_("No microphone: you hear the line, but it does not hear you."));
    setState({ line, level: -90, microphone: session.current.microphone, muted: false });
  };
  const mute = () => { session.current?.mute(!state.muted); setState({ ...state, muted: !state.muted }); };
  return { ...state, toggle, mute };
}

/** What is done from now on becomes a test. */
function Recording({ act }) {
  const [on, setOn] = useState(false);
  const record = () => { act({ ask: "RecordDeeds", on: true }); setOn(true); };
  const form = html`<form method="post" action="/system/simulator/recorded" onSubmit=${() => setTimeout(() => setOn(false))}>
    <input type="hidden" name="csrf" value=${root.dataset.csrf} />
    <span class="st talk pill blink"><${Icon} name="i-rec" />${_("Recording")}</span> <button class="pri"><${Icon} name="i-file" />${_("Save as test")}</button>
  </form>`;
  return html`<div class="acts">${on ? form : html`<button type="button" onClick=${record}><${Icon} name="i-rec" />${_("Record")}</button>`}</div>`;
}

function Toast({ refused }) {
  const [shown, show] = useState(null);
  useEffect(() => {
    show(refused);
    const timer = setTimeout(() => show(null), 6000);
    return () => clearTimeout(timer);
  }, [refused]);
  return html`<div role="status">${shown && html`<div class="toast talk">${shown.text}</div>`}</div>`;
}

let send = () => {};
function Simulator() {
  const [state, update] = useReducer(reduce, { front: null, calls: {}, events: [], refused: null });
  useEffect(() => { send = live("/live/simulator", words, update); }, []);
  const voice = useVoice((text) => update({ refused: text }));
  if (!state.front) return html`<p class="none">${_("Connecting to the simulator")}</p>`;
  const ports = state.front.ports;
  const part = (port) => h(port.kind === "fxs" ? Telephone : Company, { key: port.line, port, said: state.front.driver ? "gone" : state.calls[port.line], ports, act: send, voice });
  return html`<div class="bar"><${Chassis} front=${state.front} act=${send} /><span class="end"><${Recording} act=${send} /></span></div><div class="desk">${ports.map(part)}</div>
    <section class="card"><header><h2>${_("Events")}</h2><span class="end s m">${_("newest below")}</span></header><${Events} events=${state.events} /></section>
    <${Toast} refused=${state.refused} />`;
}

root.textContent = "";
render(h(Simulator), root);
