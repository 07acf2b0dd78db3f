// Where an answer hasn't the part that was asked for (a login, a refusal, a proxy's own page) or there is none at all,
// the browser shows it as a page, as it would without a script: no part may look as if nothing were found.
"use strict";

let leaving = false;

function whole(asked) {
  // A browser may end what is still asked for when somebody goes on, and nobody is led back by that.
  if (!leaving) location.assign(asked ? asked.request.action : location.href);
}

addEventListener("beforeunload", () => { leaving = true; });

// Whoever took a file is still here.
document.addEventListener("htmx:before:request", () => { leaving = false; });

// https://four.htmx.org/reference/events: before anything is swapped, or stands in the history.
document.addEventListener("htmx:before:swap", (event) => {
  const { ctx, tasks } = event.detail;
  const part = tasks.find((task) => task.type === "main")?.fragment;
  // No part of a page has a script.
  if (!part?.childElementCount || part.querySelector("script")) {
    event.preventDefault();
    whole(ctx);
  }
});

// No connection, or nothing for a minute.
document.addEventListener("htmx:error", (event) => whole(event.detail.ctx));
