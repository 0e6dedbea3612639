// Shows the document that ?document= names with Swagger UI; without it, the first one.
"use strict";

const dark = matchMedia("screen and (prefers-color-scheme: dark)");
const setScheme = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
setScheme();
dark.addEventListener("change", setScheme);

const select = document.getElementById("document");
const asked = new URLSearchParams(location.search).get("document");
const option = [...select.options].find((option) => option.value === asked);
if (option) option.selected = true;
select.addEventListener("change", () => {
  const url = new URL(location);
  url.searchParams.set("document", select.value);
  location.assign(url);
});

// Gives the control that a component of Swagger UI leaves without a name one for screen readers.
const named = (selector, nameOf) => (Component, { React }) => (properties) => {
  const setName = (element) => element?.querySelector(selector)?.setAttribute("aria-label", nameOf(properties));
  return React.createElement("div", { ref: setName }, React.createElement(Component, properties));
};

SwaggerUIBundle({
  dom_id: "#swagger-ui",
  url: select.value,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  plugins: [
    {
      wrapComponents: {
        authorizationPopup: named(".close-modal", () => "Close"),
        JsonSchemaForm: named("select", (properties) => properties.description),
        RequestBodyEditor: named("textarea", () => "Request body"),
        Servers: named("#servers", () => "Server"),
      },
    },
  ],
  syntaxHighlight: { theme: "monokai" },
  validatorUrl: "none",
});
