// Draws /redoc. The policy of the page forbids inline script, so this is a file of its own.
"use strict";

(() => {
  const openapi = document.currentScript.dataset.openapi;
  const fontFamily = "system-ui, sans-serif";

  // ReDoc 2.5 always asks its maker's host for a logo beside "API docs by Redocly". The policy would stop that, but
  // count it as a violation; so an image from elsewhere gets no address at all. The words and their link stay.
  const isOwnAddress = (address) => {
    const { origin, protocol } = new URL(address, window.location.href);
    return origin === window.location.origin || protocol === "data:";
  };
  const image = HTMLImageElement.prototype;
  const { get, set } = Object.getOwnPropertyDescriptor(image, "src");
  const { setAttribute } = Element.prototype;
  // React sets both, the attribute first.
  image.setAttribute = function setOwnAttribute(name, value) {
    if (name !== "src" || isOwnAddress(value)) setAttribute.call(this, name, value);
  };
  Object.defineProperty(image, "src", {
    configurable: true,
    enumerable: true,
    get,
    set(value) {
      if (isOwnAddress(value)) set.call(this, value);
    },
  });

  window.Redoc.init(
    openapi,
    {
      // Its search runs in a worker made from a blob: address, which the policy forbids. The browser's own works.
      disableSearch: true,
      scrollYOffset: ".bar",
      hideDownloadButtons: true, // the bar links to the same file
      theme: {
        colors: { primary: { main: "#1f5fae" } },
        typography: {
          fontFamily,
          headings: { fontFamily },
          code: { fontFamily: "ui-monospace, monospace" },
        },
      },
    },
    document.getElementById("page"),
  );
})();
