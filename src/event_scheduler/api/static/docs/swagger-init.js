// Draws /docs. The policy of the page forbids inline script, so this is a file of its own.
"use strict";

(() => {
  const openapi = document.currentScript.dataset.openapi;

  // Swagger UI has a dark half, but leaves the choice to a button of the layout that we do not use.
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const followScheme = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", followScheme);
  followScheme();

  window.SwaggerUIBundle({
    domNode: document.getElementById("page"),
    url: openapi,
    presets: [window.SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    deepLinking: true,
    tryItOutEnabled: true,
    displayRequestDuration: true,
    defaultModelsExpandDepth: 0,
    // A token outlives neither the tab nor a reload.
    persistAuthorization: false,
    // Else our description would be sent to a validator on another host.
    validatorUrl: null,
    // Else a link to /docs?url=… could show somebody else's description under our name.
    queryConfigEnabled: false,
  });
})();
