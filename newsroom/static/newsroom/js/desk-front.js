/* Moves stories on the front page by dragging, or by a handle and the arrow keys. What is dropped
   is posted as the buttons post it, so that the server alone says where everything stands. */
const list = document.querySelector("[data-places]");
const said = document.querySelector("[data-said]");
const drop = document.querySelector("[data-drop]");

if (list && drop) {
  const rows = () => [...list.querySelectorAll("[data-position]")];
  const place = (row) => rows().indexOf(row) + 1;
  const phrase = (name, row) =>
    list.dataset[name]
      .replace("{story}", row.dataset.headline)
      .replace("{place}", place(row))
      .replace("{count}", rows().length);
  const say = (name, row) => (said.textContent = phrase(name, row));

  const keep = (row) => {
    if (place(row) === Number(row.dataset.position)) return say("dropped", row);
    drop.elements.story.value = row.dataset.story;
    drop.elements.position.value = place(row);
    drop.submit();
  };
  const putBack = (row) => {
    const others = rows().filter((other) => other !== row);
    const next = others[Number(row.dataset.position) - 1];
    if (next) next.before(row);
    else list.append(row);
  };
  const moveTo = (row, number) => {
    const others = rows().filter((other) => other !== row);
    const next = others[Math.min(Math.max(number, 1), others.length + 1) - 1];
    if (next) next.before(row);
    else list.append(row);
    say("moved", row);
  };

  let lifted = null;
  const lift = (row) => {
    lifted = row;
    row.classList.add("front-desk__place--lifted");
    say("lifted", row);
  };
  const letGo = () => {
    lifted?.classList.remove("front-desk__place--lifted");
    lifted = null;
  };

  const onKey = (event, row, handle) => {
    const steps = { ArrowUp: -1, ArrowDown: 1 };
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (lifted !== row) return lift(row);
      letGo();
      return keep(row);
    }
    if (lifted !== row) return undefined;
    if (event.key === "Escape") {
      letGo();
      putBack(row);
      say("dropped", row);
    } else if (event.key in steps) {
      event.preventDefault();
      moveTo(row, place(row) + steps[event.key]);
    }
    return handle.focus(); // Moving an element in the page takes the focus from it.
  };

  for (const row of list.querySelectorAll("[data-story]")) {
    const handle = document.createElement("button");
    handle.type = "button";
    handle.className = "front-desk__handle";
    handle.textContent = "⠿";
    handle.setAttribute("aria-label", phrase("handle", row));
    handle.addEventListener("keydown", (event) => onKey(event, row, handle));
    handle.addEventListener("blur", () => {
      // A move takes the focus away for a moment; whoever really leaves puts the story back.
      setTimeout(() => {
        if (lifted !== row || document.activeElement === handle) return;
        letGo();
        putBack(row);
      });
    });
    row.querySelector(".front-desk__buttons").prepend(handle);

    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", row.dataset.headline);
      lift(row);
    });
    row.addEventListener("dragend", () => {
      if (!lifted) return;
      letGo(); // Dropped outside the list.
      putBack(row);
      say("dropped", row);
    });
  }

  list.addEventListener("dragover", (event) => {
    if (!lifted) return;
    event.preventDefault();
    const over = event.target.closest("[data-position]");
    if (over && over !== lifted) moveTo(lifted, place(over));
  });
  list.addEventListener("drop", (event) => {
    if (!lifted) return;
    event.preventDefault();
    const row = lifted;
    letGo();
    keep(row);
  });
}
