// What the simulator tells, as a line of the event list; null for what is only for drivers.

const pad = (line) => (line ? String(line).padStart(3, "0") : "");

// kind of news -> [colour, words of it]
const SAID = {
  HookMoved: (n, _) => ["off", _(n.lifted ? "hook lifted" : "hook down")],
  HookTapped: (_n, _) => ["off", _("flash")],
  BellRings: (_n, _) => ["ring", _("rings")],
  BellStops: (_n, _) => ["ring", _("stops ringing")],
  CallerShown: (n, _) => ["ring", `${_("caller ID")} ${n.number} ${n.name}`],
  CallerUnreadable: (_n, _) => ["fault", _("caller ID unreadable")],
  BatteryTurned: (n, _) => ["info", _(n.reversed ? "polarity reversed" : "polarity normal")],
  CurrentCut: (n, _) => ["info", `${_("current cut")} ${n.ms} ms`],
  CallComes: (n, _) => ["ring", `${_("call comes in")} ${n.caller}`],
  CallEnds: (_n, _) => ["ring", _("call gone")],
  Seized: (_n, _) => ["off", _("seized by the box")],
  Released: (_n, _) => ["off", _("released by the box")],
  DigitArrived: (n, _) => ["dnd", `${_("digit")} ${n.digit}`],
  NumberDialed: (n, _) => ["dnd", `${_("number dialed")} ${n.number}`],
  NumberRefused: (n, _) => ["held", `${_("number refused")} ${n.number}`],
  Answered: (_n, _) => ["talk", _("answered")],
  Dropped: (_n, _) => ["off", _("far end hung up")],
  CableCut: (_n, _) => ["fault", _("cable cut")],
  CableMended: (_n, _) => ["idle", _("cable mended")],
  SettingsChanged: (n, _) => ["info", `${_("setting")} ${Object.entries(n.changes).map((it) => it.join("=")).join(" ")}`],
  CardGone: (n, _) => ["fault", `${_("card gone")} ${n.why}`],
  CardBack: (_n, _) => ["idle", _("card back")],
  PowerCut: (_n, _) => ["fault", _("power cut")],
  WatchdogBit: (_n, _) => ["fault", _("watchdog bit")],
};

export function told(news, _) {
  const say = SAID[news.type];
  if (!say) return null;
  const [colour, text] = say(news, _);
  const now = new Date();
  const at = `${now.toTimeString().slice(0, 8)}.${String(now.getMilliseconds()).padStart(3, "0")}`;
  return { colour, text, at, port: pad(news.line) };
}
