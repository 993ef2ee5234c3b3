const news = document.getElementById("news");
const socket = new WebSocket(`ws://${news.dataset.address}/`);
socket.addEventListener("message", ({ data }) => {
  const { ticket, what } = JSON.parse(data);
  const link = document.createElement("a");
  link.href = `/tickets/${ticket}`;
  link.textContent = `Ticket ${ticket}`;
  news.replaceChildren(link, ` ${what}`);
});
