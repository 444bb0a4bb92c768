import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Starts `appgrant serve` with the demo and a database of its own, on a free port. */
export async function serve(program) {
  let child, data;
  const start = async (listen) => {
    data = mkdtempSync(join(tmpdir(), "appgrant-browser-"));
    child = spawn(program, ["serve", "--listen", listen, "--data-dir", data], { stdio: ["ignore", "pipe", "ignore"] });
    return new Promise((resolve, reject) => {
      let said = "";
      child.stdout.on("data", (text) => {
        const url = /listening on (\S+)\n/.exec((said += text))?.[1];
        if (url) {
          resolve(url);
        }
      });
      child.once("error", reject);
      child.once("exit", (status) => reject(new Error(`${program} ended with ${status}`)));
    });
  };
  const remove = () => rmSync(data, { recursive: true, force: true });
  const stop = () => new Promise((resolve) => {
    child.once("exit", () => {
      remove();
      resolve();
    });
    child.kill();
  });
  process.once("exit", () => { // also after an error
    child?.kill();
    remove();
  });
  const url = await start("127.0.0.1:0");
  return {
    url,
    close: stop,
    /** Starts it afresh at the same address. */
    async reset() {
      await stop();
      await start(new URL(url).host);
    },
  };
}

/** Starts a proxy that has a server under a prefix, as a gateway does. */
export async function prefixed(target, prefix) {
  const proxy = http.createServer((request, response) => {
    if (!request.url.startsWith(`${prefix}/`)) {
      response.writeHead(404).end();
      return;
    }
    const onward = http.request(target + request.url.slice(prefix.length), { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${proxy.address().port}${prefix}`,
    close() {
      proxy.closeAllConnections();
      proxy.close();
    },
  };
}
