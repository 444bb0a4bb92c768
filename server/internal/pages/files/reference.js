// Shows a contract with Swagger UI, and lets people call the server that the page is from.
"use strict";

(async () => {
  const page = document.currentScript.dataset;
  const root = new URL(page.root, location.href);
  const read = async (path) => {
    const answer = await fetch(new URL(path, root));
    if (!answer.ok) {
      throw new Error(`${path}: ${answer.status}`);
    }
    return answer.json();
  };

  // Gives an operation examples that the demo has: of its parameters, those that it shares with
  // its neighbours included, and of its body.
  const fill = (contract, shared, operation, { parameters, body }) => {
    const resolve = (part) => part.$ref ? part.$ref.slice(2).split("/").reduce((at, key) => at[key], contract) : part;
    operation.parameters = [...shared, ...(operation.parameters ?? [])].map(resolve)
      .map((p) => p.name in parameters ? { ...p, example: parameters[p.name] } : p);
    if (body) {
      operation.requestBody.content["application/json"].examples = { demo: { summary: "Of the demo", value: body } };
    }
  };

  const contract = await read(page.contract);
  contract.servers = [{ url: root.href.replace(/\/$/, "") }];
  if (page.demo) {
    const demo = await read(page.demo);
    for (const item of Object.values(contract.paths)) {
      const { parameters: shared = [], ...operations } = item;
      delete item.parameters;
      for (const operation of Object.values(operations)) {
        fill(contract, shared, operation, demo[operation.operationId] ?? demo.otherwise);
      }
    }
  }
  SwaggerUIBundle({
    spec: contract,
    dom_id: "#reference",
    deepLinking: true,
    displayOperationId: true,
    displayRequestDuration: true,
    showExtensions: true,
    defaultModelsExpandDepth: -1,
    validatorUrl: null,
  });
})().catch((error) => {
  document.querySelector("#reference").textContent = `The contract could not be shown: ${error.message}`;
});
