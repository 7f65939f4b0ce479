// Sees an operation as the document has it.
const find = (system, ...path) => system.specSelectors.specJson().getIn(path);

// JavaScript drops the trailing zeros of money, which the API always sends.
function withDecimals(system, text) {
  const schemas = find(system, "components", "schemas")?.toJS() ?? {};
  const money = new Set(Object.values(schemas)
    .flatMap(({ properties }) => Object.entries(properties ?? {}))
    .filter(([, { format }]) => format === "decimal")
    .map(([name]) => name));

  return typeof text !== "string" ? text : text.replace(
    /"(\w+)": (-?\d+(?:\.\d)?)(?![\d.e])/g,
    (whole, name, number) => money.has(name) ? `"${name}": ${Number(number).toFixed(2)}` : whole);
}

const isStream = (system, path, method) =>
  !!find(system, "paths", path, method, "responses", "200", "content", "text/event-stream");

// The command that shows a stream, with the examples of its parameters.
function curlOf(system, path, method) {
  const parameters = find(system, "paths", path, method, "parameters")?.toJS() ?? [];
  const filled = parameters.reduce((url, { name, example }) => url.replace(`{${name}}`, example), path);
  const base = find(system, "servers", 0, "url") ?? "/";

  return `curl -N -u USERNAME ${new URL(base, location).href.replace(/\/$/, "")}${filled}`;
}

const bank = system => ({
  fn: {
    getSampleSchema: (original => (...schema) => withDecimals(system, original(...schema)))(
      system.fn.getSampleSchema),
  },
  statePlugins: {
    spec: {
      wrapSelectors: {
        // The page would show a response only when it ends, and a stream does not.
        allowTryItOutFor: () => (state, path, method) => !isStream(system, path, method),
      },
    },
  },
  wrapComponents: {
    HighlightCode: Original => props => system.React.createElement(
      Original, { ...props, children: withDecimals(system, props.children) }),
    parameters: Original => props => {
      const [path, method] = props.pathMethod;
      const parameters = system.React.createElement(Original, props);

      return !isStream(system, path, method) ? parameters : system.React.createElement(
        "div", {}, parameters,
        system.React.createElement(
          "p", { className: "stream" }, "To watch it in a terminal: ",
          system.React.createElement("code", {}, curlOf(system, path, method))));
    },
  },
});

SwaggerUIBundle({
  // Next to the folder of this script, under whatever path a proxy serves the API.
  url: new URL("../openapi.json", document.currentScript.src).href,
  dom_id: "#docs",
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  defaultModelExpandDepth: 3,
  displayRequestDuration: true,
  // Passwords do not belong in the browser's storage.
  persistAuthorization: false,
  validatorUrl: null,
  // With the browser's own credentials a 401 would open its dialog instead of being shown.
  requestInterceptor: request => Object.assign(request, { credentials: "omit" }),
  plugins: [bank],
});
