const said = document.getElementById("said");
const state = document.getElementById("state");
const form = document.getElementById("say");
let socket;

function connect() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}/chat`);
  socket.addEventListener("open", () => {
    said.replaceChildren();
    state.textContent = "Connected";
  });
  socket.addEventListener("message", ({ data }) => {
    const item = document.createElement("li");
    item.textContent = data;
    said.append(item);
    item.scrollIntoView();
  });
  socket.addEventListener("close", () => {
    state.textContent = "Connecting again…";
    setTimeout(connect, 1000);
  });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (socket.readyState !== WebSocket.OPEN) return;
  socket.send(form.elements.text.value);
  form.reset();
});

connect();
