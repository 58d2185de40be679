// The drawings of the box's front: a telephone and a pole of the telephone company.

import { h } from "preact";
import htm from "htm";

const html = htm.bind(h);

export function Handset({ colour }) {
  const lifted = colour === "off" || colour === "talk";
  const turn = lifted ? "translate(9 -7) rotate(-17 38 18)" : "translate(0 0)";
  return html`<svg class="p" viewBox="6 -8 88 86" aria-hidden="true"><g transform="translate(12 6)">
    <path d="M9 58 17 33q1.5-4 6-4h30q4.5 0 6 4l8 25q2 6-4 6H13q-6 0-4-6z" fill="var(--card)" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round" />
    <path d="M30 40h.1M38 40h.1M46 40h.1M29 47h.1M38 47h.1M47 47h.1M28 54h.1M38 54h.1M48 54h.1" stroke="currentColor" stroke-width="3.4" stroke-linecap="round" />
    ${lifted && html`<path d="M66 50q12-4 4-12t3-16" fill="none" stroke="currentColor" stroke-width="1.6" />`}
    <g class=${colour} style=${colour === "idle" ? null : "color:var(--c)"} transform=${turn}><path d="M5 22q0-9 9-9h48q9 0 9 9v4q0 4-4 4h-9q-4 0-4-4v-3.5H22V26q0 4-4 4H9q-4 0-4-4z" fill="currentColor" stroke="var(--card)" stroke-width="1" /></g>
    <path d="M20 32v-4M56 32v-4" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" />
    ${colour === "ring" && html`<g class="ring" style="color:var(--c)"><path d="M-2 12q-5 8 0 16M-7 8q-8 12 0 24M78 12q5 8 0 16M83 8q8 12 0 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" /></g>`}
  </g></svg>`;
}

export function CompanyPole({ colour }) {
  const plain = colour === "idle";
  const ink = plain ? "currentColor" : `var(--${colour})`;
  const cut = colour === "fault";
  return html`<svg class="p" viewBox="6 -8 88 86" aria-hidden="true">
    <path d=${cut ? "M16 14h68M16 28h68M50 2v34M50 56v18" : "M16 14h68M16 28h68M50 2v72"} stroke=${ink} stroke-width="2.2" stroke-linecap="round" stroke-dasharray=${cut ? "4 4" : null} />
    ${cut
      ? html`<path d="m43 40 14 12M57 40 43 52" stroke=${ink} stroke-width="2.4" stroke-linecap="round" />`
      : html`<path d="M24 9v5M37 9v5M63 9v5M76 9v5M24 23v5M37 23v5M63 23v5M76 23v5" stroke=${ink} stroke-width="3.4" stroke-linecap="round" />`}
  </svg>`;
}
