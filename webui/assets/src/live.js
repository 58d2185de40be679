// A WebSocket that comes back by itself and says on the page whether it is there.

const pill = document.getElementById("live");

export function live(path, words, onMessage) {
  let socket;
  let wait = 500;
  const show = (up) => {
    pill.className = `st pill ${up ? "idle" : "gone"}`;
    pill.textContent = up ? words["Live"] : words["Offline"];
  };
  const open = () => {
    socket = new WebSocket(`wss://${location.host}${path}`);
    socket.onopen = () => {
      wait = 500;
      show(true);
    };
    socket.onmessage = (message) => onMessage(JSON.parse(message.data));
    socket.onclose = () => {
      show(false);
      setTimeout(open, wait);
      wait = Math.min(wait * 2, 8000);
    };
  };
  open();
  return (value) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(value));
}
